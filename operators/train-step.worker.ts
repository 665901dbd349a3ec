import { workerData } from 'node:worker_threads';
import type { Batch } from '../src/mining/batch.js';
import type { CandidateBatch } from '../src/mining/candidates.js';
import type { CheckpointPlace } from '../src/store/checkpoints.js';
import { ClassifierTrainer } from '../src/train/classifier-trainer.js';
import { Trainer, type StepResult } from '../src/train/trainer.js';
import type { TrainerData } from './train-step.js';

const data = workerData as TrainerData;

// One thread, one trainer: it lives from the first step to `close`.
const trainer = data.trains === 'encoder' ? new Trainer(data.options) : new ClassifierTrainer(data.options);

/** Batches are what the trainer asks for: `trainStep` sees to that. */
export default (batch: Batch & CandidateBatch): Promise<StepResult> => trainer.step(batch);

export const save = (path: string): Promise<void> => trainer.save(path);

export const checkpoint = (place: CheckpointPlace): Promise<void> => trainer.checkpoint(place);

export const forgetBefore = (number: number): void => {
  trainer.forgetBefore(number);
};

export const close = (): Promise<void> => trainer[Symbol.asyncDispose]();
