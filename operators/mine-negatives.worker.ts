import { workerData } from 'node:worker_threads';
import { handOver } from '../src/stream/pooled.js';
import { BatchReader, type Batch, type BatchPlan, type BatchSources } from '../src/mining/batch.js';

const reader = new BatchReader(workerData as BatchSources);

export default (plan: BatchPlan): Batch => handOver(reader.read(plan));
