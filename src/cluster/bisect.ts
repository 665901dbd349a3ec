/** One balanced 2-means split (cosine), as in pyxclib's `b_kmeans_dense`. */
import { Random } from '../random.js';
import { lengthOf } from '../formats/vectors.js';
import type { Node } from './node.js';

/** Unit vectors in memory, `[n, dim]`, identified by position. */
export interface Vectors {
  rows: Float32Array;
  dim: number;
}

/** Maximum number of rows that a split's direction is fitted on. */
export const SAMPLE = 16_384;
export const MAX_ITERATIONS = 20;
/** Stop when the mean cosine to the nearest centroid improves by less than this (the published code's value). */
export const TOLERANCE = 1e-4;

export interface Split {
  /** Number of rows that go left. */
  left: number;
  /** The node to split; with the seed it determines the random choices. */
  node: Node;
  seed: number;
}

/**
 * Reorders `ids` (ascending) so that the `left` rows most similar to the first of two centroids come first. The centroids
 * are fitted on a sample; then every row is scored once by its difference in similarity, and selection makes the sizes
 * exact. Ties are broken by id; both halves are ascending.
 */
export function bisect({ rows, dim }: Vectors, ids: Int32Array, split: Split): void {
  const sampler = new Sampler(ids.length, split);
  for (const id of ids) sampler.offer(id);
  const sample = new Float32Array(sampler.drawn.length * dim);
  sampler.drawn.forEach((id, i) => {
    sample.set(rows.subarray(id * dim, (id + 1) * dim), i * dim);
  });
  const direction = directionOf(sample, ids.length, { ...split, dim });
  const scores = new Float32Array(ids.length);
  for (let i = 0; i < ids.length; i++) scores[i] = dot(rows, ids[i]!, direction, 0, dim);
  select(scores, ids, split.left);
  ids.subarray(0, split.left).sort();
  ids.subarray(split.left).sort();
}

/** Draws the sample that a split is fitted on from `total` rows offered one by one (selection sampling). */
export class Sampler {
  readonly drawn: Int32Array;
  readonly #random: Random;
  #left: number;
  #taken = 0;

  constructor(total: number, { node: { first, clusters }, seed }: Pick<Split, 'node' | 'seed'>) {
    this.drawn = new Int32Array(Math.min(total, SAMPLE));
    this.#random = Random.of(seed, 'sample', first, clusters);
    this.#left = total;
  }

  offer(id: number): void {
    if (this.#random.next() * this.#left-- < this.drawn.length - this.#taken) this.drawn[this.#taken++] = id;
  }
}

/** The difference of the two centroids, `[dim]`, fitted on the rows `drawn` (`[drawn, dim]`) from `total`. */
export function directionOf(
  drawn: Float32Array,
  total: number,
  { left, node: { first, clusters }, seed, dim }: Split & { dim: number },
): Float32Array {
  const random = Random.of(seed, 'fit', first, clusters);
  return fit(drawn, dim, { left: Math.round((left / total) * (drawn.length / dim)), random });
}

/** Balanced 2-means on `rows` (`[n, dim]`): the difference of the two centroids. */
function fit(
  rows: Float32Array,
  dim: number,
  { left, random }: { left: number; random: Random },
): Float32Array {
  const n = rows.length / dim;
  const order = Int32Array.from({ length: n }, (_x, i) => i);
  const scores = new Float32Array(n);
  const isLeft = new Uint8Array(n);
  const [total, a] = [new Float64Array(dim), new Float64Array(dim)]; // sums of all rows, and of the rows on the left
  for (let row = 0; row < n; row++) add(total, 1, rows, row);
  const seed = random.below(n);
  const other = (seed + 1 + random.below(n - 1)) % n;
  const direction = new Float32Array(dim);
  for (let d = 0; d < dim; d++) direction[d] = rows[seed * dim + d]! - rows[other * dim + d]!;
  for (let iteration = 0, before = -1; iteration < MAX_ITERATIONS; iteration++) {
    for (let i = 0; i < n; i++) scores[i] = dot(rows, order[i]!, direction, 0, dim);
    select(scores, order, left);
    // Few rows change sides, so the sum is updated, not recomputed.
    for (let i = 0; i < n; i++) {
      const [row, side] = [order[i]!, Number(i < left)];
      if (isLeft[row] === side) continue;
      add(a, side === 1 ? 1 : -1, rows, row);
      isLeft[row] = side;
    }
    const b = total.map((x, d) => x - a[d]!);
    // The length of a sum is the sum of its rows' cosines to it.
    const [lengthA, lengthB] = [lengthOf(a), lengthOf(b)];
    const similarity = (lengthA + lengthB) / n;
    for (let d = 0; d < dim; d++) direction[d] = a[d]! / (lengthA || 1) - b[d]! / (lengthB || 1);
    if (similarity - before < TOLERANCE) break;
    before = similarity;
  }
  return direction;
}

/** Adds `factor` times a row to a sum. */
function add(sum: Float64Array, factor: number, rows: Float32Array, row: number): void {
  const dim = sum.length;
  for (let d = 0, at = row * dim; d < dim; d++, at++) sum[d]! += factor * rows[at]!;
}

/** Row `row` of `rows` times row `at` of `directions`. */
export function dot(
  rows: Float32Array,
  row: number,
  directions: Float32Array,
  at: number,
  dim: number,
): number {
  let i = row * dim;
  let j = at * dim;
  let [a, b, c, e] = [0, 0, 0, 0]; // four independent sums, so that additions overlap
  for (const end = i + dim - 3; i < end; i += 4, j += 4) {
    a += rows[i]! * directions[j]!;
    b += rows[i + 1]! * directions[j + 1]!;
    c += rows[i + 2]! * directions[j + 2]!;
    e += rows[i + 3]! * directions[j + 3]!;
  }
  for (const end = (row + 1) * dim; i < end; i++, j++) a += rows[i]! * directions[j]!;
  return a + b + (c + e);
}

/** Moves the `count` best (highest score, then lowest id) to the front of both arrays (quickselect). */
export function select(scores: Float32Array, ids: Int32Array, count: number): void {
  const better = (i: number, score: number, id: number): boolean =>
    scores[i]! > score || (scores[i] === score && ids[i]! < id);
  const worse = (i: number, score: number, id: number): boolean =>
    scores[i]! < score || (scores[i] === score && ids[i]! > id);
  let low = 0;
  let high = ids.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const score = scores[middle]!;
    const id = ids[middle]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (better(i, score, id)) i++;
      while (worse(j, score, id)) j--;
      if (i > j) break;
      [scores[i], scores[j]] = [scores[j]!, scores[i]!];
      [ids[i], ids[j]] = [ids[j]!, ids[i]!];
      i++;
      j--;
    }
    if (count - 1 <= j) high = j;
    else if (count - 1 >= i) low = i;
    else return;
  }
}
