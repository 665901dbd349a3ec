import { lengthOf } from '../store/vectors.js';
import type { Random } from '../random.js';

/** Rows of unit length that can be scored and sampled, wherever they live. Rows are named by id. */
export interface Vectors {
  readonly dim: number;
  /** `out[i] = row(ids[i]) · direction`. */
  score(ids: Int32Array, direction: Float32Array, out: Float32Array): void;
  /** The rows `ids`, `[ids.length, dim]`. */
  gather(ids: Int32Array): Float32Array;
}

/** Rows that a split's direction is fitted on, at most. */
export const SAMPLE = 16_384;
const MAX_ITERATIONS = 20;
/** Stop when the mean cosine to the own centroid improves by less (the published code's value). */
const TOLERANCE = 1e-4;

export interface Split {
  /** How many of the ids go left. */
  left: number;
  random: Random;
}

/**
 * Reorders `ids` so that the `left` most similar to one of two centroids come first: one balanced 2-means
 * split (cosine). The centroids are fitted on a sample of at most 16,384 rows; every row is then scored once
 * by its difference in similarity, and the halves are exact by selection. Ties go by id.
 */
export function bisect(vectors: Vectors, ids: Int32Array, { left, random }: Split): void {
  const sample = ids.length <= SAMPLE ? ids : draw(ids, SAMPLE, random);
  const rows = vectors.gather(sample);
  const direction = fit(rows, vectors.dim, { left: Math.round((left / ids.length) * sample.length), random });
  const scores = new Float32Array(ids.length);
  vectors.score(ids, direction, scores);
  select(scores, ids, left);
  ids.subarray(0, left).sort(); // by id, so that reading a part of a store goes forward
  ids.subarray(left).sort();
}

/** Balanced 2-means on `rows` (`[n, dim]`): the difference of the two centroids. */
function fit(rows: Float32Array, dim: number, { left, random }: Split): Float32Array {
  const n = rows.length / dim;
  const order = Int32Array.from({ length: n }, (_x, i) => i);
  const scores = new Float32Array(n);
  const total = sum(rows, dim, order);
  const seed = random.below(n);
  const other = (seed + 1 + random.below(n - 1)) % n;
  const row = (i: number) => rows.subarray(i * dim, (i + 1) * dim);
  let direction = difference(row(seed), 1, row(other), 1);
  for (let iteration = 0, before = -1; iteration < MAX_ITERATIONS; iteration++) {
    scoreRows(rows, order, direction, scores);
    select(scores, order, left);
    const a = sum(rows, dim, order.subarray(0, left));
    const b = difference(total, 1, a, 1);
    // A sum's length is the sum of its rows' cosines to it.
    const [lengthA, lengthB] = [lengthOf(a), lengthOf(b)];
    const similarity = (lengthA + lengthB) / n;
    direction = difference(a, 1 / (lengthA || 1), b, 1 / (lengthB || 1));
    if (similarity - before < TOLERANCE) break;
    before = similarity;
  }
  return direction;
}

/** `out[i] = rows[ids[i]] · direction` for rows `[n, dim]` in memory. */
export function scoreRows(
  rows: Float32Array,
  ids: Int32Array,
  direction: Float32Array,
  out: Float32Array,
): void {
  const dim = direction.length;
  for (let i = 0; i < ids.length; i++) {
    const at = ids[i]! * dim;
    let a = 0;
    let b = 0;
    let d = 0;
    for (; d + 1 < dim; d += 2) {
      a += rows[at + d]! * direction[d]!;
      b += rows[at + d + 1]! * direction[d + 1]!;
    }
    if (d < dim) a += rows[at + d]! * direction[d]!;
    out[i] = a + b;
  }
}

function sum(rows: Float32Array, dim: number, ids: Int32Array): Float32Array {
  const total = new Float32Array(dim);
  for (const id of ids) {
    const at = id * dim;
    for (let d = 0; d < dim; d++) total[d]! += rows[at + d]!;
  }
  return total;
}

const difference = (a: Float32Array, scaleA: number, b: Float32Array, scaleB: number): Float32Array =>
  a.map((x, d) => scaleA * x - scaleB * b[d]!);

/** `count` of the ids without repetition, in their order. */
function draw(ids: Int32Array, count: number, random: Random): Int32Array {
  const drawn = new Int32Array(count);
  for (let i = 0, taken = 0; taken < count; i++)
    if (random.next() * (ids.length - i) < count - taken) drawn[taken++] = ids[i]!;
  return drawn;
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
