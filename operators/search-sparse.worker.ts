import { workerData } from 'node:worker_threads';
import type { Lists } from '../src/formats/lists.js';
import type { Found } from '../src/search/found.js';
import { InvertedIndex } from '../src/sparse/inverted.js';
import type { SparseRows } from '../src/sparse/rows.js';
import { handOver } from '../src/stream/pooled.js';

export interface SparseSearchData {
  /** Base name of the inverted index. */
  index: string;
}

export interface SparseSearchTask {
  features: SparseRows;
  excluded: Lists | undefined;
  k: number;
}

/** Opened by the first task: a task may fail, whereas a thread that fails to start ends the process. */
let opened: InvertedIndex | undefined;

export default ({ features, excluded, k }: SparseSearchTask): Found => {
  opened ??= new InvertedIndex((workerData as SparseSearchData).index);
  return handOver(opened.search(features, k, excluded));
};
