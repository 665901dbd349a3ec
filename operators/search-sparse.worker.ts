import { workerData } from 'node:worker_threads';
import type { Found } from '../src/search/found.js';
import { SparseSearcher, type SparseQueries, type SparseSearcherOptions } from '../src/sparse/searcher.js';
import { handOver } from '../src/stream/pooled.js';

export interface SparseSearchTask extends SparseQueries {
  k: number;
}

/** Opened by the first task: a task may fail, whereas a thread that fails to start ends the process. */
let searcher: SparseSearcher | undefined;

export default ({ k, ...queries }: SparseSearchTask): Found => {
  searcher ??= new SparseSearcher(workerData as SparseSearcherOptions);
  return handOver(searcher.search(queries, k));
};
