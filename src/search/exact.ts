import { SessionCache } from '../engine/cache.js';
import { innerProducts } from '../engine/inner-products.js';
import { Room } from '../engine/room.js';
import { Matrix } from '../formats/npy.js';
import { listAt, type Lists } from '../formats/lists.js';
import { isZero } from '../formats/vectors.js';
import { InputError } from '../errors.js';
import { emptyFound, type Found } from './found.js';
import { mergeTopK } from './top-k.js';

export interface ExactSearchOptions {
  /** A float32 `.npy`, one row per label. */
  labels: string;
  /** Threads inside one block. */
  threads: number;
  /** Scores in memory at once, which with the queries limits a block; default 512 Ki (2 MiB), to stay in cache. */
  scores?: number;
}

/** Values of a block of labels, at most: 1 MiB stays in cache too. */
const BLOCK = 1 << 18;
/** Up to this many queries are padded to it: a single text is not slowed down by the size of a batch. */
export const FEW = 8;

/** Scores every label, block by block: one block of labels and its scores are in memory, never all labels. */
export class ExactSearch implements AsyncDisposable {
  readonly #labels: Matrix<'float32'>;
  readonly #threads: number;
  readonly #scores: number;
  readonly #room = new Room();
  /** Vectors of some labels. */
  #block = new Float32Array();
  readonly #sessions = new SessionCache({ capacity: 2 });

  constructor({ labels, threads, scores = 1 << 19 }: ExactSearchOptions) {
    this.#labels = Matrix.open(labels, 'float32');
    this.#threads = threads;
    this.#scores = scores;
  }

  /**
   * The `k` labels with the largest inner product for each query (`[queries, dim]`); none for a query of zeros, as
   * an empty text has. `excluded` are, for each query, labels it must not get.
   */
  async search(queries: Float32Array, k: number, excluded?: Lists): Promise<Found> {
    const { rows: labels } = this.#labels;
    const found = emptyFound(this.#count(queries), k);
    const isExcluded = excluded && ((text: number, label: number) => listAt(excluded, text).includes(label));
    const { block, stride, score } = await this.#scorer(queries);
    for (let first = 0; first < labels; first += stride) {
      const count = Math.min(stride, labels - first);
      this.#labels.read(first, count, block);
      mergeTopK(found, { scores: await score(), stride, first, count }, isExcluded);
    }
    clearZeros(found, queries);
    return found;
  }

  /** The `k` best of some labels, ascending, for one query: with the scores, to the bit, of a search of all labels. */
  async among(query: Float32Array, labels: Int32Array, k: number): Promise<Found> {
    const found = emptyFound(this.#count(query), k);
    const { block, stride, score } = await this.#scorer(query);
    for (let first = 0; first < labels.length; first += stride) {
      const part = labels.subarray(first, first + stride);
      this.#labels.gather(part, block);
      mergeTopK(found, { scores: await score(), stride, first, count: part.length });
    }
    found.ids.forEach((place, rank) => (found.ids[rank] = place < 0 ? place : labels[place]!));
    clearZeros(found, query);
    return found;
  }

  /** Number of queries. */
  #count({ length }: Float32Array): number {
    const { cols: dim, path } = this.#labels;
    if (length % dim === 0) return length / dim;
    throw new InputError(`${path}: expected queries of ${dim} values, got ${length} values in all`);
  }

  /** A block for the vectors of `stride` labels, and what scores them: `[queries, stride]`, valid until the next call. */
  async #scorer(queries: Float32Array) {
    const { cols: dim, rows } = this.#labels;
    const count = this.#count(queries);
    const padded = count <= FEW ? FEW : this.#room.fit('queries', count);
    const filled = new Float32Array(padded * dim);
    filled.set(queries);
    const stride = Math.max(1, Math.min(rows, Math.floor(this.#scores / padded), Math.floor(BLOCK / dim)));
    if (this.#block.length !== stride * dim) this.#block = new Float32Array(stride * dim);
    const block = this.#block;
    const session = await this.#session([padded, stride, dim]);
    const score = async () => (await session.run({ a: filled, b: block })).products as Float32Array;
    return { block, stride, score };
  }

  #session(shape: readonly [queries: number, labels: number, dim: number]) {
    return this.#sessions.get(shape.join(), () => innerProducts({ shape, threads: this.#threads }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#labels[Symbol.dispose]();
    await this.#sessions[Symbol.asyncDispose]();
  }
}

/** A query of zeros finds nothing. */
function clearZeros({ ids, scores, k }: Found, queries: Float32Array): void {
  const dim = (queries.length * k) / ids.length;
  for (let query = 0; query * k < ids.length; query++)
    if (isZero(queries.subarray(query * dim, (query + 1) * dim))) {
      ids.fill(-1, query * k, (query + 1) * k);
      scores.fill(-Infinity, query * k, (query + 1) * k);
    }
}
