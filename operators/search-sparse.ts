import { checkCount, type Found } from '../src/search/found.js';
import type { Lists } from '../src/formats/lists.js';
import type { SparseRows } from '../src/sparse/rows.js';
import { adding, type Concurrency } from '../src/stream/adding.js';
import type { Operator } from '../src/stream/operator.js';
import type { SparseSearchData, SparseSearchTask } from './search-sparse.worker.js';

/** Texts, as from `weigh-terms`. */
export interface SparseBatch {
  /** Values are above 0. */
  features: SparseRows;
  /** Labels to exclude for each text; absent: none. */
  excluded?: Lists | undefined;
}

export interface SearchSparseOptions<F extends string = 'found'> extends Concurrency {
  /** Base name of the inverted index. */
  index: string;
  /** Name of the added field; default `found`. */
  as?: F;
  /** Labels for each text, 1 … 1000; default 100. */
  k?: number;
  /** Whether `excluded` are rows of this index; default true. */
  excluding?: boolean;
}

/**
 * Adds `found`, or the field `as`: the `k` rows with the largest inner product by an inverted index of labels or texts. Exact. Order kept; at most `threads + ahead` batches in flight; missing or invalid
 * files, as other failures, surface when their batch's turn comes; owns its threads, each with the open index.
 */
export function searchSparse<T extends SparseBatch, F extends string = 'found'>({
  index,
  as = 'found' as F,
  k = 100,
  excluding = true,
  threads = 2,
  ahead = 2,
}: SearchSparseOptions<F>): Operator<T, T & Record<F, Found>> {
  checkCount('k', k);
  return adding<T, F, Found>('search-sparse', {
    field: as,
    worker: new URL('./search-sparse.worker.js', import.meta.url),
    data: { index } satisfies SparseSearchData,
    threads,
    ahead,
    tasks:
      () =>
      ({ features, excluded }): SparseSearchTask => ({
        features,
        excluded: excluding ? excluded : undefined,
        k,
      }),
    rows: ({ ids }) => ids.length / k,
  });
}
