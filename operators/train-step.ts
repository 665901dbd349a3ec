import type { Batch } from '../src/sample/batch.js';
import type { CandidateBatch } from '../src/sample/candidates.js';
import type { CheckpointPlace } from '../src/store/checkpoints.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { buffersOf, Pool } from '../src/stream/pooled.js';
import type { ClassifierTrainerOptions } from '../src/train/classifier-trainer.js';
import type { StepResult, TrainerOptions } from '../src/train/trainer.js';

/** What can be trained, by name: the encoder (Module I) and the classifiers (Module II). */
export interface Trainers {
  encoder: { options: TrainerOptions; batch: Batch };
  classifiers: { options: ClassifierTrainerOptions; batch: CandidateBatch };
}

/** What the trainer's thread is told once. */
export type TrainerData = {
  [Name in keyof Trainers]: { trains: Name; options: Trainers[Name]['options'] };
}[keyof Trainers];

/** Milliseconds: a step on a large batch through a large transformer may take an hour. */
const PATIENCE = 6 * 3_600_000;

/** The trainer's thread: it outlives the epochs' pipelines. Give it to `trainStep`; dispose it when done. */
export class TrainerThread<Name extends keyof Trainers> implements AsyncDisposable {
  readonly #pool: Pool;
  readonly #begun: Promise<void>;

  constructor(trains: Name, options: Trainers[Name]['options']) {
    this.#pool = new Pool({
      worker: new URL('./train-step.worker.js', import.meta.url),
      threads: 1,
      data: { trains, options },
      patience: PATIENCE,
    });
    this.#begun = this.#pool.run(undefined, { name: 'begin' });
    this.#begun.catch(() => undefined); // whatever is asked for first tells of it
  }

  /** Takes the batch's arrays over: they are empty afterwards. */
  async step(batch: Trainers[Name]['batch']): Promise<StepResult> {
    await this.#begun;
    return this.#pool.run(batch, { transfer: buffersOf(batch) });
  }

  /** Writes what is trained as it is after the last step: the folder of a model, or the file of the classifiers. */
  async save(path: string): Promise<void> {
    await this.#begun;
    await this.#pool.run(path, { name: 'save' });
  }

  /** Writes into the folder of a checkpoint what it takes to go on as if training had never stopped. */
  async checkpoint(place: CheckpointPlace): Promise<void> {
    await this.#begun;
    await this.#pool.run(place, { name: 'checkpoint' });
  }

  /** Checkpoints before this one will not be gone back to. */
  async forgetBefore(checkpoint: number): Promise<void> {
    await this.#begun;
    await this.#pool.run(checkpoint, { name: 'forgetBefore' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.run(undefined, { name: 'close' }).catch(() => undefined); // its thread may have ended
    await this.#pool[Symbol.asyncDispose]();
  }
}

export interface TrainStepOptions {
  /** Awaited after each step, while no other is under way: as to write a checkpoint. */
  after?: (result: StepResult) => Promise<void>;
}

/**
 * Trains on each mini-batch and yields its loss. Order kept; one batch in flight, whose arrays are handed over to the
 * trainer; a failure surfaces at its batch; owns nothing: the trainer's thread is its user's.
 */
export function trainStep<Name extends keyof Trainers>(
  trainer: TrainerThread<Name>,
  { after }: TrainStepOptions = {},
): Operator<Trainers[Name]['batch'], StepResult> {
  return operator<Trainers[Name]['batch'], StepResult>('train-step', async function* (batches, { progress }) {
    for await (const batch of batches) {
      const result = await trainer.step(batch);
      progress(result.texts);
      await after?.(result);
      yield result;
    }
  });
}
