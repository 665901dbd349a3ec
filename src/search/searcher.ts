import type { Lists } from '../formats/lists.js';
import { AnnSearch } from './ann.js';
import { ExactSearch } from './exact.js';
import type { Found } from './found.js';

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
}

/** @throws InputError if a file is missing, or the index was built from other labels. */
export const openSearcher = ({ labels, index, threads }: SearcherOptions): Searcher =>
  index === undefined ? new ExactSearch({ labels, threads }) : new AnnSearch({ labels, index, threads });
