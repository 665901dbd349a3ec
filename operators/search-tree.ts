import type { Lists } from '../src/formats/lists.js';
import type { OpenTreeOptions } from '../src/label-tree/open-tree.js';
import { checkCount, type Found } from '../src/search/found.js';
import type { SparseRows } from '../src/sparse/rows.js';
import { adding, type Concurrency } from '../src/stream/adding.js';
import type { Operator } from '../src/stream/operator.js';
import type { SearchTreeData, SearchTreeTask } from './search-tree.worker.js';

/** Texts, as from `weigh-terms`. */
export interface WeighedBatch {
  features: SparseRows;
  /** Labels to exclude for each text; absent: none. */
  excluded?: Lists | undefined;
}

export interface SearchTreeOptions<F extends string = 'found'> extends Concurrency, OpenTreeOptions {
  /** Name of the added field; default `found`. */
  as?: F;
  /** Labels for each text, 1 … 1000; default 100. */
  k?: number;
}

/**
 * Adds `found`, or the field `as`: the `k` labels with the highest log-probability that a search in the tree of classifiers finds.
 * Order kept; at most `threads + ahead` batches in flight; missing or invalid files, as other failures, surface when their batch's
 * turn comes; owns its threads, which share the memory for weights.
 */
export function searchTree<T extends WeighedBatch, F extends string = 'found'>({
  as = 'found' as F,
  k = 100,
  threads = 2,
  ahead = 2,
  memory = 512 << 20,
  ...options
}: SearchTreeOptions<F>): Operator<T, T & Record<F, Found>> {
  checkCount('k', k);
  const data: SearchTreeData = { ...options, k, memory: memory / threads };
  return adding<T, F, Found>('search-tree', {
    field: as,
    worker: new URL('./search-tree.worker.js', import.meta.url),
    data,
    threads,
    ahead,
    tasks:
      () =>
      ({ features, excluded }): SearchTreeTask => ({ features, excluded }),
    rows: ({ ids }) => ids.length / k,
  });
}
