import type { Device } from '../src/engine/device.js';
import type { BatchPlan } from '../src/sample/reader.js';
import type { CheckpointPlace } from '../src/store/checkpoints.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { buffersOf, Pool } from '../src/stream/pooled.js';
import type { StepResult } from '../src/train/trainer.js';

export interface TrainerThreadOptions<Options> {
  /** The built `.js` file whose default export makes the objective (`MakeObjective`). */
  objective: URL;
  /** The objective's options; they must survive structured cloning. */
  options: Options;
  /** Threads within one step. */
  threads: number;
  seed: number;
  /** Where the steps run; default `cpu`. */
  device?: Exclude<Device, 'auto'>;
  /** A checkpoint to resume from; default: none. */
  from?: CheckpointPlace | undefined;
}

/** The first message to the trainer's thread. */
export type TrainerData = Omit<TrainerThreadOptions<unknown>, 'objective'> & { objective: string };

/** Milliseconds: a step on a large batch through a large transformer may take an hour. */
const PATIENCE = 6 * 3_600_000;

/** A trainer as the loop over epochs drives it. */
export interface StepTrainer<Batch extends BatchPlan> {
  /** Transfers the batch's arrays: they are empty afterwards. */
  step(batch: Batch): Promise<StepResult>;
  /** Writes the trained parameters after the last step, in the objective's format. */
  save(path: string): Promise<void>;
  /** Writes what is needed to resume as if training had never stopped into a checkpoint's folder. */
  checkpoint(place: CheckpointPlace): Promise<void>;
  /** Declares that checkpoints before this one will not be resumed from. */
  forgetBefore(checkpoint: number): Promise<void>;
}

/** The trainer's thread: it outlives the pipelines of the epochs. Pass it to `trainStep`; dispose it when done. */
export class TrainerThread<Batch extends BatchPlan, Options> implements StepTrainer<Batch>, AsyncDisposable {
  readonly #pool: Pool;
  readonly #started: Promise<void>;

  constructor({ objective, ...rest }: TrainerThreadOptions<Options>) {
    const data: TrainerData = { ...rest, objective: objective.href };
    this.#pool = new Pool({
      worker: new URL('./train-step.worker.js', import.meta.url),
      threads: 1,
      data,
      patience: PATIENCE,
    });
    this.#started = this.#pool.run(undefined, { name: 'start' });
    this.#started.catch(() => undefined); // reported by the next call
  }

  step(batch: Batch): Promise<StepResult> {
    return this.#run(batch, { transfer: buffersOf(batch) });
  }

  save(path: string): Promise<void> {
    return this.#run(path, { name: 'save' });
  }

  checkpoint(place: CheckpointPlace): Promise<void> {
    return this.#run(place, { name: 'checkpoint' });
  }

  forgetBefore(checkpoint: number): Promise<void> {
    return this.#run(checkpoint, { name: 'forgetBefore' });
  }

  async #run<T>(task: unknown, how: Parameters<Pool['run']>[1]): Promise<T> {
    await this.#started;
    return this.#pool.run(task, how);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.run(undefined, { name: 'close' }).catch(() => undefined); // its thread may have exited
    await this.#pool[Symbol.asyncDispose]();
  }
}

/**
 * Trains on each mini-batch and yields its loss. Order kept; one batch in flight, whose arrays are transferred to the
 * trainer; a failure surfaces at its batch; owns nothing: the trainer's thread is the caller's.
 */
export function trainStep<Batch extends BatchPlan>(
  trainer: Pick<StepTrainer<Batch>, 'step'>,
): Operator<Batch, StepResult> {
  return operator<Batch, StepResult>('train-step', async function* (batches, { progress }) {
    for await (const batch of batches) {
      const result = await trainer.step(batch);
      progress(result.rows);
      yield result;
    }
  });
}
