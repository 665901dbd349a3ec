import { workerData } from 'node:worker_threads';
import { Trainer, type StepResult, type TrainerOptions } from '../src/train/trainer.js';
import type { Batch } from '../src/mining/batch.js';

// One thread, one trainer: it lives from the first step to `close`.
const trainer = new Trainer(workerData as TrainerOptions);

export default (batch: Batch): Promise<StepResult> => trainer.step(batch);

export const save = (folder: string): Promise<void> => trainer.save(folder);

export const close = (): Promise<void> => trainer[Symbol.asyncDispose]();
