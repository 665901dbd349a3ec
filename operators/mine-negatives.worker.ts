import { workerData } from 'node:worker_threads';
import { handOver } from '../src/stream/pooled.js';
import { BatchReader, type BatchPlan, type BatchSources } from '../src/sample/batch.js';
import { CandidateReader, type CandidateSources } from '../src/sample/candidates.js';

const sources = workerData as BatchSources | CandidateSources;
const reader = 'embeddings' in sources ? new CandidateReader(sources) : new BatchReader(sources);

export default (plan: BatchPlan): BatchPlan => handOver(reader.read(plan));
