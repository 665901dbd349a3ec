import { checkCount, type Found } from '../src/search/found.js';
import type { SparseQueries, SparseSearcherOptions } from '../src/sparse/searcher.js';
import { adding, type Concurrency } from '../src/stream/adding.js';
import type { Operator } from '../src/stream/operator.js';
import type { SparseSearchTask } from './search-sparse.worker.js';

export interface SearchSparseOptions<F extends string = 'found'> extends Concurrency, SparseSearcherOptions {
  /** Name of the added field; default `found`. */
  as?: F;
  /** Labels for each text, 1 … 1000; default 100. */
  k?: number;
}

/**
 * Adds `found`, or the field `as`: the `k` labels with the largest inner product by an inverted index of labels, or those that the
 * nearest texts of an index of texts vote for. Exact. Order kept; at most `threads + ahead` batches in flight; missing or invalid
 * files, as other failures, surface when their batch's turn comes; owns its threads, each with the open index.
 */
export function searchSparse<T extends SparseQueries, F extends string = 'found'>({
  index,
  voting,
  as = 'found' as F,
  k = 100,
  threads = 2,
  ahead = 2,
}: SearchSparseOptions<F>): Operator<T, T & Record<F, Found>> {
  checkCount('k', k);
  return adding<T, F, Found>('search-sparse', {
    field: as,
    worker: new URL('./search-sparse.worker.js', import.meta.url),
    data: { index, voting },
    threads,
    ahead,
    tasks:
      () =>
      ({ features, excluded, own }): SparseSearchTask => ({ features, excluded, own, k }),
    rows: ({ ids }) => ids.length / k,
  });
}
