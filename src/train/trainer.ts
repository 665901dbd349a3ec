import { SessionCache } from '../engine/cache.js';
import { compile } from '../engine/compile.js';
import { Room } from '../engine/room.js';
import { signatureKey, type Arrays } from '../engine/session.js';
import type { Batch } from '../mining/batch.js';
import { pad } from '../mining/pack.js';
import { rowAdam, stepSize, table, type Table } from '../model/adamw.js';
import { initialAuxiliary } from '../model/auxiliary.js';
import type { Encoder } from '../model/encoder.js';
import { encoderOf } from '../model/encoders.js';
import { loadModel, saveModel } from '../model/folder.js';
import type { OhnmOptions } from '../model/losses.js';
import { learningRate, type ScheduleOptions } from '../model/schedule.js';
import { Matrix } from '../store/npy.js';
import type { Tensors } from '../store/safetensors.js';
import { InputError } from '../stream/errors.js';
import { fillRows } from './rows.js';
import { stepFunction, stepSignature, type StepShape } from './step.js';

export interface TrainerOptions {
  /** Folder of the model to start from. Auxiliary vectors that it has are left behind: they belong to its mapping. */
  model: string;
  /** Tokens kept of a text, as the trained model is to say. */
  maxLength: number;
  /** Auxiliary rows; 0 for NGAME. */
  auxiliary: number;
  loss: OhnmOptions;
  schedule: ScheduleOptions;
  /** Weight decay of the dense matrices. */
  decay: number;
  /** A writable float32 `.npy`, `[training texts, dim]`: the last embedding of each text goes there. */
  bank: string;
  /** Threads inside one step. */
  threads: number;
  seed: number;
}

/** What a step tells. */
export interface StepResult {
  epoch: number;
  step: number;
  texts: number;
  loss: number;
  rate: number;
}

/** The one owner of the parameters. Dense ones go through the compiled step; tables are updated by row, in place. */
export class Trainer implements AsyncDisposable {
  readonly #options: TrainerOptions;
  readonly #encoder: Encoder;
  readonly #tables: Record<string, Table>;
  readonly #dense: Record<string, readonly number[]>;
  readonly #bank: Matrix<'float32'>;
  readonly #room = new Room();
  readonly #sessions = new SessionCache({ capacity: 1 });
  /** `p/`, `m/`, `v/` of the dense parameters: the last step's outputs, fed to the next. */
  #state: Arrays;
  #steps = 0;

  constructor(options: TrainerOptions) {
    this.#options = options;
    const { config, parameters } = loadModel(options.model);
    this.#encoder = encoderOf(config);
    const { dim, tables } = this.#encoder;
    const { auxiliary, seed } = options;
    this.#tables = Object.fromEntries(tables.map((name) => [name, table(parameters[name]!.data, dim)]));
    if (auxiliary > 0) this.#tables['auxiliary'] = table(initialAuxiliary(auxiliary, dim, seed), dim);
    this.#dense = {};
    this.#state = {};
    for (const [name, { shape, data }] of Object.entries(parameters)) {
      if (name in this.#tables || name === 'auxiliary') continue;
      this.#dense[name] = shape;
      this.#state[`p/${name}`] = data;
      for (const moment of ['m', 'v']) this.#state[`${moment}/${name}`] = new Float32Array(data.length);
    }
    this.#bank = Matrix.open(options.bank, 'float32', { writable: true });
  }

  /** Steps compiled for different shapes so far. */
  get compiled(): number {
    return this.#sessions.compiled;
  }

  /** One step of Module I. @throws InputError if the loss is not finite; the parameters are then of no use. */
  async step(batch: Batch): Promise<StepResult> {
    const { schedule, decay } = this.#options;
    const { epoch, step, rows } = batch;
    const rate = learningRate(this.#steps++, schedule);
    const size = stepSize(rate, this.#steps);
    const gathered = this.#gather(batch);
    const tokens = pad(batch.tokens, {
      tokens: this.#room.fit('tokens', batch.tokens.row.length),
      texts: 2 * rows.length,
    });
    const shape: StepShape = {
      batch: rows.length,
      tokens: tokens.row.length,
      rows: gathered['rows/embedding']!.length / this.#encoder.dim,
      auxiliary: batch.auxiliary !== undefined,
      dense: this.#dense,
    };
    const encoder = this.#encoder;
    const signature = stepSignature(encoder, shape);
    const session = await this.#sessions.get(signatureKey(signature), () =>
      compile(stepFunction(encoder, shape, this.#options.loss), signature, {
        threads: this.#options.threads,
      }),
    );
    const outputs = await session.run({
      ...this.#state,
      ...gathered,
      row: tokens.row,
      text: tokens.text,
      scale: tokens.scale,
      target: batch.target,
      size: Float32Array.of(size),
      decay: Float32Array.of(rate * decay),
      ...(batch.auxiliary && { 'auxiliary.row': batch.auxiliary.row }),
    });
    const loss = outputs['loss']![0]!;
    if (!Number.isFinite(loss)) throw new InputError(`loss is ${loss} at step ${step} of epoch ${epoch}`);
    for (const name of Object.keys(this.#state)) this.#state[name] = outputs[name]!;
    for (const [name, ids] of this.#used(batch))
      rowAdam(this.#tables[name]!, ids, outputs[`gradient/${name}`] as Float32Array, { size });
    this.#bank.scatter(rows, outputs['texts'] as Float32Array);
    return { epoch, step, texts: rows.length, loss, rate };
  }

  /** Writes the model as it is now. */
  save(folder: string): void {
    const parameters: Tensors = {};
    for (const [name, { data, dim }] of Object.entries(this.#tables))
      parameters[name] = { shape: [data.length / dim, dim], data };
    for (const [name, shape] of Object.entries(this.#dense))
      parameters[name] = { shape, data: this.#state[`p/${name}`] as Float32Array };
    const { model, maxLength } = this.#options;
    saveModel(folder, { from: model, maxLength, parameters });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#bank[Symbol.dispose]();
    await this.#sessions[Symbol.asyncDispose]();
  }

  /** Tables that a batch uses, with the rows it uses of each. */
  #used({ tokens, auxiliary }: Batch): [string, Int32Array][] {
    const used = this.#encoder.tables.map((name): [string, Int32Array] => [name, tokens.ids]);
    return auxiliary ? [...used, ['auxiliary', auxiliary.ids]] : used;
  }

  /** Those rows, filled up with zeros to a common shape. */
  #gather(batch: Batch): Record<string, Float32Array> {
    const gathered: Record<string, Float32Array> = {};
    for (const [name, ids] of this.#used(batch)) {
      const { data, dim } = this.#tables[name]!;
      const count = name === 'auxiliary' ? batch.rows.length : this.#room.fit(name, ids.length);
      gathered[`rows/${name}`] = fillRows(data, dim, { ids, count });
    }
    return gathered;
  }
}
