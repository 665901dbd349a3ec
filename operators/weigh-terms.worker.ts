import { workerData } from 'node:worker_threads';
import type { SparseRows } from '../src/sparse/rows.js';
import { openTfIdf, type TfIdf, type TfIdfOptions } from '../src/sparse/tf-idf.js';
import { handOver } from '../src/stream/pooled.js';

/** Opened by the first task: a task may fail, whereas a thread that fails to start ends the process. */
let tfIdf: TfIdf | undefined;

export default (texts: string[]): SparseRows => {
  tfIdf ??= openTfIdf(workerData as TfIdfOptions);
  return handOver(tfIdf.weigh(texts));
};
