import { availableParallelism } from 'node:os';
import type { Index } from 'usearch';
import { Matrix } from '../formats/npy.js';
import { listAt, listCount, type Lists } from '../formats/lists.js';
import { isZero } from '../formats/vectors.js';
import { InputError } from '../errors.js';
import { emptyFound, type Found } from './found.js';
import { closeIndex, openIndex } from './hnsw.js';
import { checkIndex, partOf, REBUILD, type IndexDescription } from './index-file.js';

export interface AnnSearchOptions {
  /** The float32 `.npy` that the index was built from. */
  labels: string;
  index: string;
  /** Threads over the queries of one search. */
  threads: number;
}

/**
 * Searches an index on disk, mapped into memory: only what a search visits is read. Finds most of the best labels, not
 * always all; scores are as precise as the index's numbers. Takes about 70 bytes of other memory per label. Every graph of
 * the index is searched.
 */
export class AnnSearch implements AsyncDisposable {
  /** One per part; none once disposed. */
  #graphs: Index[];
  readonly #description: IndexDescription;
  readonly #path: string;
  readonly #threads: number;

  /** @throws InputError if the index is missing, truncated, or built from other labels. */
  constructor({ labels, index: path, threads }: AnnSearchOptions) {
    using matrix = Matrix.open(labels, 'float32');
    this.#path = path;
    this.#description = checkIndex(path, matrix);
    this.#threads = Math.min(threads, availableParallelism()); // the library refuses more
    this.#graphs = openAll(path, this.#description);
  }

  async search(queries: Float32Array, k: number, excluded?: Lists): Promise<Found> {
    await Promise.resolve(); // so that errors reject the promise
    const { dim, parts, labels } = this.#description;
    if (queries.length % dim !== 0)
      throw new InputError(
        `${this.#path}: expected queries of ${dim} values, got ${queries.length} values in all`,
      );
    if (this.#graphs.length === 0) throw new RangeError('search after the index was disposed');
    const count = queries.length / dim;
    const found = emptyFound(count, k);
    if (count === 0) return found;
    const extra = excluded ? longest(excluded) : 0;
    const results = this.#graphs.map((graph, part) => {
      const wanted = Math.min(parts[part]!.labels, k + extra);
      const { keys, distances } = graph.search(queries, wanted, this.#threads);
      return { wanted, keys, distances };
    });
    for (let query = 0; query < count; query++) {
      if (isZero(queries.subarray(query * dim, (query + 1) * dim))) continue;
      const hidden = excluded && listAt(excluded, query);
      const hits: { id: number; score: number }[] = [];
      for (const { wanted, keys, distances } of results)
        for (let at = query * wanted; at < (query + 1) * wanted; at++) {
          const score = 1 - (distances[at] ?? NaN); // entries that were not found are missing
          const id = Number(keys[at]);
          if (!Number.isFinite(score)) continue;
          if (!(id < labels)) throw new InputError(`${this.#path}: found row ${id} of ${labels}; ${REBUILD}`);
          if (!hidden?.includes(id)) hits.push({ id, score });
        }
      hits
        .sort((a, b) => b.score - a.score || a.id - b.id)
        .slice(0, k)
        .forEach(({ id, score }, rank) => {
          found.ids[query * k + rank] = id;
          found.scores[query * k + rank] = score;
        });
    }
    return found;
  }

  /** Unmaps the files. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#graphs.forEach(closeIndex);
    this.#graphs = [];
    return Promise.resolve();
  }
}

/** All parts or none. */
function openAll(path: string, description: IndexDescription): Index[] {
  const graphs: Index[] = [];
  try {
    description.parts.forEach((_part, i) => graphs.push(openIndex(partOf(path, i), description)));
  } catch (error) {
    graphs.forEach(closeIndex);
    throw error;
  }
  return graphs;
}

const longest = (lists: Lists): number => {
  let most = 0;
  for (let i = 0; i < listCount(lists); i++) most = Math.max(most, listAt(lists, i).length);
  return most;
};
