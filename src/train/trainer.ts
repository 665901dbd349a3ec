import type { Device } from '../engine/device.js';
import type { Batch } from '../sample/batch.js';
import { adamwRows, parameter, stepSize, type Parameter } from '../model/optimisers/adamw.js';
import { initialAuxiliary } from '../model/layers/auxiliary.js';
import type { Encoder } from '../model/encoders/encoder.js';
import { encoderOf } from '../encode/encoders.js';
import { auxiliaryFile, loadModel, saveModel } from '../encode/model-folder.js';
import type { OhnmOptions } from '../model/losses/ohnm-triplet.js';
import { learningRate, type ScheduleOptions } from '../model/optimisers/schedule.js';
import type { CheckpointPlace } from '../store/checkpoints.js';
import { Matrix } from '../formats/npy.js';
import type { Tensors } from '../formats/safetensors.js';
import { checkLoss } from './check-loss.js';
import { Gradients } from './gradients.js';
import { loadTrainer, saveTrainer } from './saved-trainer.js';
import { TrainedRows } from './trained-rows.js';

export interface TrainerOptions {
  /** Folder of the model to start from. Auxiliary vectors that it has are left behind: they belong to its mapping. */
  model: string;
  /** Tokens kept of a text, as the trained model is to say. */
  maxLength: number;
  /** Auxiliary vectors; absent for NGAME. */
  auxiliary?:
    | {
        count: number;
        /** The float32 `.npy` of them and their moments to make. */
        rows: string;
        /** Bytes of these in memory at most. */
        memory: number;
      }
    | undefined;
  loss: OhnmOptions;
  schedule: ScheduleOptions;
  /** Weight decay of the dense matrices. */
  decay: number;
  /** A writable float32 `.npy`, `[training texts, dim]`: the last embedding of each text goes there. */
  bank: string;
  /** Threads inside one step. */
  threads: number;
  seed: number;
  /** Where the steps run; default `cpu`. */
  device?: Exclude<Device, 'auto'>;
  /** A checkpoint to go on from; default begins anew. */
  from?: CheckpointPlace | undefined;
}

/** What a step tells. */
export interface StepResult {
  epoch: number;
  step: number;
  texts: number;
  loss: number;
  rate: number;
}

/** The one owner of the parameters. A step changes them in place; of tables and auxiliary vectors only the rows that the batch uses. */
export class Trainer implements AsyncDisposable {
  readonly #options: TrainerOptions;
  readonly #encoder: Encoder;
  readonly #gradients: Gradients;
  readonly #tensors: Tensors;
  readonly #parameters: Record<string, Parameter>;
  readonly #auxiliary: TrainedRows | undefined;
  readonly #bank: Matrix<'float32'>;
  #steps = 0;

  constructor(options: TrainerOptions) {
    this.#options = options;
    const { config, parameters } = loadModel(options.model);
    const { auxiliary, loss, seed, threads, device = 'cpu', from } = options;
    const encoder = encoderOf(config, device === 'cpu' ? undefined : Infinity);
    this.#encoder = encoder;
    this.#tensors = parameters;
    if (auxiliary) this.#auxiliary = auxiliaryRows(auxiliary, { dim: encoder.dim, seed, from: from?.number });
    const trained = Object.keys({ ...encoder.dense, ...encoder.tables });
    this.#parameters = Object.fromEntries(
      Object.entries(this.#tensors)
        .filter(([name]) => trained.includes(name))
        .map(([name, { data }]) => [name, parameter(data, encoder.tables[name])]),
    );
    const saved = from && loadTrainer(from.folder, this.#parameters);
    this.#steps = saved?.steps ?? 0;
    this.#gradients = new Gradients({
      encoder,
      loss,
      threads,
      seed,
      device,
      parameters: this.#parameters,
      room: saved?.room,
    });
    this.#bank = Matrix.open(options.bank, 'float32', { writable: true });
  }

  /** Steps compiled for different shapes so far. */
  get compiled(): number {
    return this.#gradients.compiled;
  }

  /** One step of Module I. @throws DivergedError if the loss is not finite; the parameters are then of no use. */
  async step(batch: Batch): Promise<StepResult> {
    const { schedule, decay } = this.#options;
    const { epoch, step, rows } = batch;
    const rate = learningRate(this.#steps, schedule);
    const size = stepSize(rate, ++this.#steps);
    const rates = { size, decay: rate * decay };
    const { ids } = batch.auxiliary ?? {};
    const vectors = ids && this.#auxiliary?.gather(ids);
    const { loss, texts, gradients } = await this.#gradients.of(
      batch,
      { parameters: this.#tensors, auxiliary: vectors?.data },
      rates,
    );
    checkLoss(loss, batch);
    const { auxiliary: ofVectors, ...ofEncoder } = gradients;
    for (const [name, gradient] of Object.entries(ofEncoder)) {
      const isTable = name in this.#encoder.tables;
      adamwRows(this.#parameters[name]!, isTable ? batch.tokens.ids : Int32Array.of(0), gradient, {
        size,
        decay: isTable || !this.#encoder.decays(name) ? 0 : rates.decay,
      });
    }
    if (vectors && ofVectors) {
      const all = ids.map((_id, i) => i);
      adamwRows(vectors, all, ofVectors, { size });
      this.#auxiliary!.scatter(ids, vectors);
    }
    this.#bank.scatter(rows, texts);
    return { epoch, step, texts: rows.length, loss, rate };
  }

  /** Writes the model as it is now. */
  async save(folder: string): Promise<void> {
    await this.#gradients.copyInto(this.#parameters);
    const { model, maxLength } = this.#options;
    saveModel(folder, { from: model, maxLength, parameters: this.#tensors });
    if (!this.#auxiliary) return;
    using file = Matrix.create(auxiliaryFile(folder), { dtype: 'float32', cols: this.#encoder.dim });
    for (const rows of this.#auxiliary.all()) file.append(rows);
    file.finish();
  }

  /** Writes into the folder of a checkpoint what it takes to go on from here; rows stay where they are, journalled. */
  async checkpoint({ folder, number }: CheckpointPlace): Promise<void> {
    await this.#gradients.copyInto(this.#parameters);
    this.#bank.finish();
    this.#auxiliary?.checkpoint(number);
    await saveTrainer(folder, { steps: this.#steps, room: this.#gradients.room }, this.#parameters);
  }

  /** Checkpoints before this one will not be gone back to. */
  forgetBefore(checkpoint: number): void {
    this.#auxiliary?.forgetBefore(checkpoint);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#bank[Symbol.dispose]();
    this.#auxiliary?.[Symbol.dispose]();
    await this.#gradients[Symbol.asyncDispose]();
  }
}

function auxiliaryRows(
  { count, rows: path, memory }: NonNullable<TrainerOptions['auxiliary']>,
  { dim, seed, from }: { dim: number; seed: number; from: number | undefined },
): TrainedRows {
  const initial = (ids: Int32Array): Float32Array => {
    const rows = new Float32Array(ids.length * dim);
    ids.forEach((id, i) => {
      rows.set(initialAuxiliary(id, { count, dim, seed }), i * dim);
    });
    return rows;
  };
  return new TrainedRows({ path, rows: count, dim, memory, initial, from });
}
