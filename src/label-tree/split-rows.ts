/** Balanced 2-means (cosine) of sparse rows of unit length, as `bisect` splits dense ones. */
import { MAX_ITERATIONS, select, TOLERANCE, type Split } from '../cluster/bisect.js';
import { halves, sizeOf, type ClusterTree, type Node } from '../cluster/node.js';
import { Random } from '../random.js';
import type { SparseRows } from '../sparse/rows.js';

/** Buffers of one entry per column, all zero between splits. */
export interface ColumnBuffers {
  direction: Float64Array;
  left: Float64Array;
  total: Float64Array;
}

export const columnBuffers = (columns: number): ColumnBuffers => ({
  direction: new Float64Array(columns),
  left: new Float64Array(columns),
  total: new Float64Array(columns),
});

/** Splits the rows `ids` (ascending) of a node down to single clusters; afterwards `ids` is ordered by cluster. */
export function splitAllRows(
  rows: SparseRows,
  ids: Int32Array,
  { node, tree, buffers }: { node: Node; tree: ClusterTree; buffers: ColumnBuffers },
): void {
  if (node.clusters === 1) return;
  const [first, second] = halves(node);
  const left = sizeOf(tree, first);
  const touched = fitDirection(rows, ids, { left, node, seed: tree.seed }, buffers);
  divide(scoresOf(rows, ids, buffers.direction), ids, left);
  clear(buffers, touched);
  splitAllRows(rows, ids.subarray(0, left), { node: first, tree, buffers });
  splitAllRows(rows, ids.subarray(left), { node: second, tree, buffers });
}

/** Moves the `left` ids with the highest scores to the front; both parts ascend. */
export function divide(scores: Float32Array, ids: Int32Array, left: number): void {
  select(scores, ids, left);
  ids.subarray(0, left).sort();
  ids.subarray(left).sort();
}

export function clear(buffers: ColumnBuffers, touched: Int32Array): void {
  for (const buffer of Object.values(buffers) as Float64Array[])
    for (const column of touched) buffer[column] = 0;
}

/** The product of each row with a direction. */
export function scoresOf(
  { offsets, columns, values }: SparseRows,
  ids: Int32Array,
  direction: Float64Array,
): Float32Array {
  const scores = new Float32Array(ids.length);
  for (let i = 0; i < ids.length; i++) {
    let sum = 0;
    for (let at = offsets[ids[i]!]!, end = offsets[ids[i]! + 1]!; at < end; at++)
      sum += direction[columns[at]!]! * values[at]!;
    scores[i] = sum;
  }
  return scores;
}

/** Fits two centroids to the rows `ids`; leaves their difference in `buffers.direction` and returns the columns that occur. */
export function fitDirection(
  rows: SparseRows,
  ids: Int32Array,
  { left, node: { first, clusters }, seed }: Split,
  buffers: ColumnBuffers,
): Int32Array {
  const { direction, total } = buffers;
  const random = Random.of(seed, 'fit', first, clusters);
  for (const id of ids) add(total, 1, rows, id);
  const touched = occurring(rows, ids, buffers);
  const order = ids.slice();
  const one = random.below(ids.length);
  add(direction, 1, rows, ids[one]!);
  add(direction, -1, rows, ids[(one + 1 + random.below(ids.length - 1)) % ids.length]!);
  for (let iteration = 0, before = -1; iteration < MAX_ITERATIONS; iteration++) {
    select(scoresOf(rows, order, direction), order, left);
    for (const column of touched) buffers.left[column] = 0;
    for (let i = 0; i < left; i++) add(buffers.left, 1, rows, order[i]!);
    const similarity = redirect(buffers, touched) / ids.length;
    if (similarity - before < TOLERANCE) break;
    before = similarity;
  }
  return touched;
}

/** Points the direction from the centroid of the right to that of the left; returns the sum of cosines to the own one. */
function redirect({ direction, left, total }: ColumnBuffers, touched: Int32Array): number {
  let [a, b] = [0, 0];
  for (const column of touched) {
    const right = total[column]! - left[column]!;
    a += left[column]! ** 2;
    b += right * right;
  }
  const [lengthA, lengthB] = [Math.sqrt(a), Math.sqrt(b)];
  for (const column of touched)
    direction[column] = left[column]! / (lengthA || 1) - (total[column]! - left[column]!) / (lengthB || 1);
  return lengthA + lengthB;
}

/** The columns of rows, each once; uses and clears `left`. */
function occurring(
  { offsets, columns }: SparseRows,
  ids: Int32Array,
  { left: marks }: ColumnBuffers,
): Int32Array {
  const found: number[] = [];
  for (const id of ids)
    for (let at = offsets[id]!, end = offsets[id + 1]!; at < end; at++) {
      if (marks[columns[at]!] !== 0) continue;
      marks[columns[at]!] = 1;
      found.push(columns[at]!);
    }
  for (const column of found) marks[column] = 0;
  return Int32Array.from(found);
}

/** Adds `factor` times a row to a sum. */
function add(sum: Float64Array, factor: number, { offsets, columns, values }: SparseRows, id: number): void {
  for (let at = offsets[id]!, end = offsets[id + 1]!; at < end; at++)
    sum[columns[at]!]! += factor * values[at]!;
}
