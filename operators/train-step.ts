import type { Batch } from '../src/mining/batch.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { buffersOf, Pool } from '../src/stream/pooled.js';
import type { StepResult, TrainerOptions } from '../src/train/trainer.js';

/** The trainer's thread: it outlives the epochs' pipelines. Give it to `trainStep`; dispose it when done. */
export class TrainerThread implements AsyncDisposable {
  readonly #pool: Pool;

  constructor(options: TrainerOptions) {
    this.#pool = new Pool({
      worker: new URL('./train-step.worker.js', import.meta.url),
      threads: 1,
      data: options,
    });
  }

  /** Takes the batch's arrays over: they are empty afterwards. */
  step(batch: Batch): Promise<StepResult> {
    return this.#pool.run(batch, { transfer: buffersOf(batch) });
  }

  /** Writes the model as it is after the last step. */
  async save(folder: string): Promise<void> {
    await this.#pool.run(folder, { name: 'save' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.run(undefined, { name: 'close' }).catch(() => undefined); // it may never have started
    await this.#pool[Symbol.asyncDispose]();
  }
}

/**
 * Trains on each mini-batch and yields its loss. Order kept; one batch in flight, whose arrays are handed over to the
 * trainer; a failure surfaces at its batch; owns nothing: the trainer's thread is its user's.
 */
export function trainStep(trainer: TrainerThread): Operator<Batch, StepResult> {
  return operator<Batch, StepResult>('train-step', async function* (batches, { progress }) {
    for await (const batch of batches) {
      const result = await trainer.step(batch);
      progress(result.texts);
      yield result;
    }
  });
}
