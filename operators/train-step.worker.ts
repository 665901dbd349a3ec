import { workerData } from 'node:worker_threads';
import type { Batch } from '../src/sample/batch.js';
import type { CandidateBatch } from '../src/sample/candidates.js';
import type { CheckpointPlace } from '../src/store/checkpoints.js';
import { ClassifierTrainer } from '../src/train/classifier-trainer.js';
import { Trainer, type StepResult } from '../src/train/trainer.js';
import type { TrainerData } from './train-step.js';

/** One thread, one trainer: it lives from `begin` to `close`. */
let trainer: Trainer | ClassifierTrainer | undefined;

/**
 * Asked for once: a thread that the pool puts in the place of one that ended must not begin anew, over the rows on disk
 * that the checkpoints belong to.
 */
export const begin = (): void => {
  const data = workerData as TrainerData;
  trainer = data.trains === 'encoder' ? new Trainer(data.options) : new ClassifierTrainer(data.options);
};

function begun(): Trainer | ClassifierTrainer {
  if (!trainer) throw new Error('the thread of the trainer has ended');
  return trainer;
}

/** Batches are what the trainer asks for: `trainStep` sees to that. */
export default (batch: Batch & CandidateBatch): Promise<StepResult> => begun().step(batch);

export const save = (path: string): Promise<void> => begun().save(path);

export const checkpoint = (place: CheckpointPlace): Promise<void> => begun().checkpoint(place);

export const forgetBefore = (number: number): void => {
  begun().forgetBefore(number);
};

export const close = async (): Promise<void> => {
  await trainer?.[Symbol.asyncDispose]();
};
