import type { Lists } from '../formats/lists.js';
import { Matrix } from '../formats/npy.js';
import { AnnSearch } from './ann.js';
import { ExactSearch } from './exact.js';
import type { Found } from './found.js';
import { ShortlistedSearch } from './shortlisted.js';
import { hasUsearch } from './usearch.js';

/** Finds labels for vectors: exactly, or by an index. */
export interface Searcher extends AsyncDisposable {
  /**
   * The `k` labels with the largest inner product for each query (`[queries, dim]`), best first, of equal scores the
   * lower id first; none for a query of zeros. `excluded` are, for each query, labels it must not get.
   */
  search(queries: Float32Array, k: number, excluded?: Lists): Promise<Found>;
}

export interface SearcherOptions {
  /** A float32 `.npy` of label vectors of unit length, one row per label. */
  labels: string;
  /** Their index, as `build-index` writes it; without one all labels are scored. */
  index?: string | undefined;
  /** Threads inside one search. */
  threads: number;
  /** Bytes that may be taken to make a search of few queries at a time faster, without an index; default none. */
  memory?: number;
}

/** @throws InputError if a file is missing, or the index was built from other labels. */
export function openSearcher({ labels, index, threads, memory = 0 }: SearcherOptions): Searcher {
  if (index !== undefined) return new AnnSearch({ labels, index, threads });
  using matrix = Matrix.open(labels, 'float32');
  const isShort = matrix.rows * matrix.cols <= memory && hasUsearch();
  return isShort ? new ShortlistedSearch({ labels, threads }) : new ExactSearch({ labels, threads });
}
