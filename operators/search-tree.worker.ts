import { workerData } from 'node:worker_threads';
import type { Lists } from '../src/formats/lists.js';
import { openTree, type OpenTree, type OpenTreeOptions } from '../src/label-tree/open-tree.js';
import type { Found } from '../src/search/found.js';
import type { SparseRows } from '../src/sparse/rows.js';
import { handOver } from '../src/stream/pooled.js';

export interface SearchTreeData extends OpenTreeOptions {
  k: number;
}

export interface SearchTreeTask {
  features: SparseRows;
  excluded: Lists | undefined;
}

const { k, ...options } = workerData as SearchTreeData;

/** Opened by the first task: a task may fail, whereas a thread that fails to start ends the process. */
let tree: OpenTree | undefined;

export default ({ features, excluded }: SearchTreeTask): Found => {
  tree ??= openTree(options);
  return handOver(tree.search(features, k, excluded));
};
