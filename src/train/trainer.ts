import type { Device } from '../engine/device.js';
import { Room } from '../engine/room.js';
import { DivergedError, InputError } from '../errors.js';
import type { BatchPlan } from '../sample/reader.js';
import type { CheckpointPlace } from '../store/checkpoints.js';
import { DeviceSteps, holdsParameters } from './device-steps.js';
import { Gradients } from './gradients.js';
import type { Objective } from './objective.js';
import { Parameters } from './parameters.js';
import { loadTrainer, saveTrainer } from './saved-trainer.js';

export interface TrainerOptions {
  /** Threads within one step. */
  threads: number;
  /** Seed of the encoder's dropout. */
  seed: number;
  /** Where the steps run; default `cpu`. */
  device?: Exclude<Device, 'auto'> | undefined;
  /** A checkpoint to resume from; default: none. */
  from?: CheckpointPlace | undefined;
}

/** What a step reports. */
export interface StepResult {
  epoch: number;
  step: number;
  /** Rows visited. */
  rows: number;
  loss: number;
  /** Mean cosine of texts and labels that are not theirs, of an objective that keeps it. */
  cosine?: number | undefined;
}

/** The one owner of an objective and its parameters. A step updates them in place, of tables only the rows used. */
export class Trainer<Batch extends BatchPlan> implements AsyncDisposable {
  readonly #objective: Objective<Batch>;
  readonly #parameters: Parameters;
  readonly #room: Room;
  readonly #steps: DeviceSteps | undefined;
  readonly #gradients: Gradients;
  #made = 0;

  /** @throws InputError if there is no such checkpoint, or the device cannot run the objective. */
  constructor(objective: Objective<Batch>, { from, device = 'cpu', ...options }: TrainerOptions) {
    this.#objective = objective;
    this.#parameters = new Parameters(objective.parameters, from?.number);
    const saved = from && loadTrainer(from.folder, this.#parameters.held);
    this.#made = saved?.steps ?? 0;
    const room = (this.#room = new Room(saved?.room));
    if (holdsParameters(device)) {
      if (objective.before)
        throw new InputError(`device: ${device} keeps parameters that this training changes between steps`);
      this.#steps = new DeviceSteps(device, this.#parameters.inMemory);
    }
    this.#gradients = new Gradients({ ...options, objective, device, steps: this.#steps, room });
  }

  /** Number of steps compiled so far, one per shape. */
  get compiled(): number {
    return this.#gradients.compiled;
  }

  /** Makes one step. @throws DivergedError if the loss is not finite; the parameters are then useless. */
  async step(batch: Batch): Promise<StepResult> {
    const { epoch, step, rows } = batch;
    const { texts } = this.#objective;
    this.#objective.before?.();
    const inputs = this.#objective.inputs(batch, (name, needed, options) =>
      this.#room.fit(name, needed, options),
    );
    const tokens = texts?.of(batch);
    const { fed, moving } = this.#parameters.gather(inputs.rows);
    const values = { epoch, step, tokens, inputs, rows: fed };
    const { loss, kept, gradients } = await this.#gradients.of(values, this.#made);
    if (!Number.isFinite(loss))
      throw new DivergedError(
        `loss is ${loss} at step ${step} of epoch ${epoch}: training has diverged; try a lower learning rate`,
      );
    const ids = Object.fromEntries(Object.entries(inputs.rows).map(([name, { ids }]) => [name, ids]));
    for (const name of Object.keys(texts?.encoder.tables ?? {})) ids[name] = tokens!.ids;
    this.#parameters.update({ gradients, ids, moving, made: this.#made++ });
    this.#objective.after?.(kept, batch);
    return { epoch, step, rows: rows.length, loss, cosine: kept['cosine']?.[0] };
  }

  /** Writes the current trained parameters. */
  async save(path: string): Promise<void> {
    await this.#steps?.copyBack();
    await this.#objective.save(path, (name) => this.#parameters.rows(name));
  }

  /** Writes what is needed to resume from here into a checkpoint's folder; rows on disk are journalled, not copied. */
  async checkpoint({ folder, number }: CheckpointPlace): Promise<void> {
    await this.#steps?.copyBack();
    this.#objective.flush?.();
    this.#parameters.checkpoint(number);
    await saveTrainer(folder, { steps: this.#made, room: this.#room.sizes }, this.#parameters.held);
  }

  /** Declares that checkpoints before this one will not be resumed from. */
  forgetBefore(checkpoint: number): void {
    this.#parameters.forgetBefore(checkpoint);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#objective[Symbol.dispose]?.();
    this.#parameters[Symbol.dispose]();
    await this.#steps?.[Symbol.asyncDispose]();
    await this.#gradients[Symbol.asyncDispose]();
  }
}
