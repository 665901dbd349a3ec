import { workerData } from 'node:worker_threads';
import type { BatchPlan } from '../src/sample/reader.js';
import type { CheckpointPlace } from '../src/store/checkpoints.js';
import type { MakeObjective } from '../src/train/objective.js';
import { Trainer, type StepResult } from '../src/train/trainer.js';
import type { TrainerData } from './train-step.js';

/** One thread, one trainer, from `start` to `close`. */
let trainer: Trainer<BatchPlan> | undefined;

/**
 * Called only once: if a thread exits, its replacement in the pool must not start over, because checkpoints belong to the
 * rows on disk.
 */
export const start = async (): Promise<void> => {
  const { objective: url, options, ...rest } = workerData as TrainerData;
  const { default: make } = (await import(url)) as { default: MakeObjective<unknown, BatchPlan> };
  trainer = new Trainer(make(options, { seed: rest.seed, device: rest.device ?? 'cpu' }), rest);
};

function started(): Trainer<BatchPlan> {
  if (!trainer) throw new Error('the thread of the trainer has exited');
  return trainer;
}

export default (batch: BatchPlan): Promise<StepResult> => started().step(batch);

export const save = (path: string): Promise<void> => started().save(path);

export const checkpoint = (place: CheckpointPlace): Promise<void> => started().checkpoint(place);

export const forgetBefore = (number: number): void => {
  started().forgetBefore(number);
};

export const close = async (): Promise<void> => {
  await trainer?.[Symbol.asyncDispose]();
};
