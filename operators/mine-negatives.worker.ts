import { workerData } from 'node:worker_threads';
import { handOver } from '../src/stream/pooled.js';
import type { BatchPlan, MakeReader } from '../src/sample/reader.js';

const { reader: url, sources } = workerData as { reader: string; sources: unknown };
const { default: open } = (await import(url)) as { default: MakeReader<unknown, BatchPlan> };
const reader = open(sources);

export default (plan: BatchPlan): BatchPlan => handOver(reader.read(plan));
