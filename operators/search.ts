import { checkCount, type Found } from '../src/search/found.js';
import { checkIndex } from '../src/search/index-file.js';
import { Matrix } from '../src/formats/npy.js';
import type { Lists } from '../src/formats/lists.js';
import { adding, type Concurrency } from '../src/stream/adding.js';
import type { Operator } from '../src/stream/operator.js';
import type { SearchData, SearchTask } from './search.worker.js';

/** Texts, as from `embed`. */
export interface EmbeddedBatch {
  /** `[texts, dim]`, of unit length. */
  embeddings: Float32Array;
  /** Labels to exclude for each text; absent: none. */
  excluded?: Lists | undefined;
}

export interface SearchOptions<F extends string = 'found'> extends Concurrency {
  /** A float32 `.npy` of label vectors, one row per label. */
  labels: string;
  /** An index of them, as from `build-index`: faster, but not exact. Without one all labels are scored. */
  index?: string | undefined;
  /** Name of the added field; default `found`. */
  as?: F;
  /** Labels for each text, 1 … 1000; default 100. */
  k?: number;
  /** Whether `excluded` are rows of these vectors; default true. */
  excluding?: boolean;
}

/**
 * Adds `found`, or the field `as`: the `k` labels with the largest inner product. Exact search scores all labels, in blocks
 * read from disk; an index is faster and finds most of them.
 * Order kept; at most `threads + ahead` batches in flight; a file that is missing or invalid surfaces before the first
 * batch, other failures when their batch's turn comes; owns its threads, each with an open label file, or one thread
 * with the open index, in which the library starts its own threads.
 */
export function search<T extends EmbeddedBatch, F extends string = 'found'>({
  labels,
  index,
  as = 'found' as F,
  k = 100,
  excluding = true,
  threads = 2,
  ahead = 2,
}: SearchOptions<F>): Operator<T, T & Record<F, Found>> {
  checkCount('k', k);
  const pooled = index === undefined ? { threads, inside: 1 } : { threads: 1, inside: threads };
  const data: SearchData = { labels, index, k, threads: pooled.inside };
  return adding<T, F, Found>('search', {
    field: as,
    worker: new URL('./search.worker.js', import.meta.url),
    data,
    threads: pooled.threads,
    ahead: threads - pooled.threads + ahead,
    tasks: () => {
      checkFiles({ labels, index });
      return ({ embeddings, excluded }): SearchTask => ({
        queries: embeddings,
        excluded: excluding ? excluded : undefined,
      });
    },
    rows: ({ ids }) => ids.length / k,
  });
}

function checkFiles({ labels, index }: Pick<SearchOptions, 'labels' | 'index'>): void {
  using matrix = Matrix.open(labels, 'float32');
  if (index !== undefined) checkIndex(index, matrix);
}
