import { bisect, type Vectors } from './bisect.js';
import { halves, sizeOf, type Node, type Whole } from './node.js';

/** Splits the rows `ids` of a node down to single clusters, in memory: afterwards they stand in the order of the clusters. */
export function splitAll(vectors: Vectors, ids: Int32Array, node: Node, whole: Whole): void {
  if (node.clusters === 1) return;
  const [left, right] = halves(node);
  const count = sizeOf(whole, left);
  bisect(vectors, ids, { left: count, node, seed: whole.seed });
  splitAll(vectors, ids.subarray(0, count), left, whole);
  splitAll(vectors, ids.subarray(count), right, whole);
}
