import type { Found } from '../src/search/found.js';
import { checkIndex } from '../src/search/index-file.js';
import { Matrix } from '../src/formats/npy.js';
import type { Lists } from '../src/formats/lists.js';
import { inFlight } from '../src/stream/concurrent.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { Pool } from '../src/stream/pooled.js';
import type { SearchData, SearchTask } from './search.worker.js';

/** Texts as `embed` gives them. */
export interface EmbeddedBatch {
  /** `[texts, dim]`, of unit length. */
  embeddings: Float32Array;
  /** Labels that each text must not get; absent for none. */
  excluded?: Lists | undefined;
}

export interface SearchOptions {
  /** A float32 `.npy` of label embeddings, one row a label. */
  labels: string;
  /** An index of them, as `build-index` makes it: faster, but not exact. Without one all labels are scored. */
  index?: string | undefined;
  /** Labels for each text, 1 … 1000; default 100. */
  k?: number;
  /** Default 2. */
  threads?: number;
  /** Batches in flight beside those in the threads; default 2. */
  ahead?: number;
}

/**
 * Adds `found`: the `k` labels of largest inner product, exactly, scoring all labels in blocks read from disk, or by an
 * index: most of them, sooner.
 * Order kept; at most `threads + ahead` batches in flight; a file that is missing or of something else surfaces before
 * the first batch, other failures when their batch's turn comes; owns its threads, each with an open label store, or
 * the one that has the index open, in which the library has threads of its own.
 */
export function search<T extends EmbeddedBatch>({
  labels,
  index,
  k = 100,
  threads = 2,
  ahead = 2,
}: SearchOptions): Operator<T, T & { found: Found }> {
  if (!Number.isInteger(k) || k < 1 || k > 1000) throw new RangeError(`k: expected 1..1000, got ${k}`);
  const pooled = index === undefined ? { threads, inside: 1 } : { threads: 1, inside: threads };
  const data: SearchData = { labels, index, k, threads: pooled.inside };
  const worker = new URL('./search.worker.js', import.meta.url);
  return operator<T, T & { found: Found }>('search', async function* (input, { own, progress }) {
    checkFiles({ labels, index });
    const pool = own(new Pool({ worker, threads: pooled.threads, data }));
    const work = async (batch: T) => {
      const task: SearchTask = { queries: batch.embeddings, excluded: batch.excluded };
      const found = await pool.run<Found>(task);
      progress(found.ids.length / k);
      return { ...batch, found };
    };
    yield* inFlight(input, work, threads + ahead);
  });
}

function checkFiles({ labels, index }: Pick<SearchOptions, 'labels' | 'index'>): void {
  using matrix = Matrix.open(labels, 'float32');
  if (index !== undefined) checkIndex(index, matrix);
}
