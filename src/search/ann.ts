import { statSync } from 'node:fs';
import type { Index } from 'usearch';
import * as z from 'zod';
import { checkJson, readJson } from '../store/read-json.js';
import { Matrix } from '../store/npy.js';
import { listAt, listCount, type Lists } from '../store/ragged.js';
import { InputError } from '../stream/errors.js';
import { emptyFound, type Found } from './found.js';
import { usearch } from './usearch.js';

/** How numbers are kept in an index. */
export const PRECISIONS = ['f32', 'f16', 'i8'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** What an index is of: as JSON beside it, since the library believes any file and its file says only half of it. */
const Description = z.object({
  /** Bytes of the index. */
  bytes: z.number().int().positive(),
  /** Rows and columns of the matrix. Rows of zeros are not in the index. */
  labels: z.number().int().positive(),
  dim: z.number().int().positive(),
  precision: z.enum(PRECISIONS),
  /** Neighbours of a vector in the graph, and how widely the graph is searched when a vector is added, and found. */
  connectivity: z.number().int().min(2).max(1024),
  expansionAdd: z.number().int().min(1).max(65_536),
  expansionSearch: z.number().int().min(1).max(65_536),
});
export type IndexDescription = z.infer<typeof Description>;

export const descriptionOf = (index: string): string => `${index}.json`;

/** A graph of the vectors (HNSW) that is empty yet. */
export function emptyIndex(description: Omit<IndexDescription, 'bytes'>): Index {
  const { Index, MetricKind, ScalarKind } = usearch();
  return new Index({
    dimensions: description.dim,
    // Inner products of i8 come back in units of i8; of unit vectors, cosines are the same and have none.
    metric: description.precision === 'i8' ? MetricKind.Cos : MetricKind.IP,
    quantization: { f32: ScalarKind.F32, f16: ScalarKind.F16, i8: ScalarKind.I8 }[description.precision],
    connectivity: description.connectivity,
    expansion_add: description.expansionAdd,
    expansion_search: description.expansionSearch,
    multi: false,
  });
}

export interface AnnSearchOptions {
  /** The float32 `.npy` that the index was made of. */
  labels: string;
  index: string;
  /** Threads over the queries of one search. */
  threads: number;
}

/**
 * Searches an index on disk, mapped into memory: only what a search passes through is read. Finds most of the best
 * labels, not surely all; scores are as exact as the index's numbers.
 */
export class AnnSearch implements AsyncDisposable {
  #index: Index | undefined;
  readonly #description: IndexDescription;
  readonly #path: string;
  readonly #threads: number;

  /** @throws InputError if the index is missing, cut short, or not of these labels. */
  constructor({ labels, index: path, threads }: AnnSearchOptions) {
    using matrix = Matrix.open(labels, 'float32');
    const description = readDescription(path);
    if (description.labels !== matrix.rows || description.dim !== matrix.cols)
      throw new InputError(
        `${path}: of ${description.labels} vectors of ${description.dim} numbers, but ${labels} has ${matrix.rows} of ${matrix.cols}; dexa index makes it anew`,
      );
    this.#path = path;
    this.#description = description;
    this.#threads = threads;
    this.#index = emptyIndex(description);
    this.#index.view(path);
  }

  search(queries: Float32Array, k: number, excluded?: Lists): Promise<Found> {
    const { dim, labels } = this.#description;
    if (queries.length % dim !== 0)
      throw new InputError(
        `${this.#path}: rows of ${dim} values do not fit ${queries.length} of the queries`,
      );
    const index = this.#index;
    if (!index) throw new RangeError('search after the index was disposed');
    const count = queries.length / dim;
    const found = emptyFound(count, k);
    const extra = excluded ? longest(excluded) : 0;
    const wanted = Math.min(labels, k + extra);
    if (count === 0) return Promise.resolve(found);
    const { keys, distances } = index.search(queries, wanted, this.#threads);
    for (let query = 0; query < count; query++) {
      if (queries.subarray(query * dim, (query + 1) * dim).every((x) => x === 0)) continue;
      const hidden = excluded && listAt(excluded, query);
      const hits: { id: number; score: number }[] = [];
      for (let at = query * wanted; at < (query + 1) * wanted; at++) {
        const score = 1 - (distances[at] ?? NaN); // what was not found has no number
        const id = Number(keys[at]);
        if (Number.isFinite(score) && !hidden?.includes(id)) hits.push({ id, score });
      }
      hits
        .sort((a, b) => b.score - a.score || a.id - b.id)
        .slice(0, k)
        .forEach(({ id, score }, rank) => {
          found.ids[query * k + rank] = id;
          found.scores[query * k + rank] = score;
        });
    }
    return Promise.resolve(found);
  }

  /** The library has no way to close a file but to forget the index: the mapping goes with the garbage. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#index = undefined;
    return Promise.resolve();
  }
}

/** @throws InputError if the index or its description is missing, or they do not belong together. */
export function readDescription(path: string): IndexDescription {
  const description = checkJson(descriptionOf(path), Description, readJson(descriptionOf(path)));
  const bytes = statSync(path, { throwIfNoEntry: false })?.size;
  if (bytes === undefined) throw new InputError(`${path}: not found`);
  if (bytes !== description.bytes)
    throw new InputError(`${path}: ${bytes} bytes, ${description.bytes} expected; dexa index makes it anew`);
  return description;
}

const longest = (lists: Lists): number => {
  let most = 0;
  for (let i = 0; i < listCount(lists); i++) most = Math.max(most, listAt(lists, i).length);
  return most;
};
