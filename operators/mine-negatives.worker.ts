import { workerData } from 'node:worker_threads';
import { BatchReader, type Batch, type BatchPlan, type BatchSources } from '../src/mining/batch.js';

const reader = new BatchReader(workerData as BatchSources);

export default (plan: BatchPlan): Batch => reader.read(plan);
