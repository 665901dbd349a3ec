import { bisect, type Vectors } from './bisect.js';
import { halves, sizeOf, type ClusterTree, type Node } from './node.js';

/** Splits the rows `ids` of a node down to single clusters, in memory. Afterwards `ids` is ordered by cluster. */
export function splitAll(vectors: Vectors, ids: Int32Array, node: Node, tree: ClusterTree): void {
  if (node.clusters === 1) return;
  const [left, right] = halves(node);
  const count = sizeOf(tree, left);
  bisect(vectors, ids, { left: count, node, seed: tree.seed });
  splitAll(vectors, ids.subarray(0, count), left, tree);
  splitAll(vectors, ids.subarray(count), right, tree);
}
