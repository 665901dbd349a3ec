/**
 * Balanced clusters as a tree of splits: each node is a range of consecutive clusters, halved down to single ones. Integer
 * arithmetic gives the number of rows of each, so a split depends on its node alone, not on the order or place of execution.
 */

/** A clustering of `rows` rows into `clusters` clusters; `seed` determines the splits. */
export interface ClusterTree {
  rows: number;
  clusters: number;
  seed: number;
}

/** `clusters` consecutive clusters from `first` on. */
export interface Node {
  first: number;
  clusters: number;
}

/** Number of rows before a cluster. Cluster sizes differ by at most one, for any number of clusters. */
export const startOf = (
  { rows, clusters }: Pick<ClusterTree, 'rows' | 'clusters'>,
  cluster: number,
): number => Math.floor((rows * cluster) / clusters);

/** Number of rows of a node. */
export const sizeOf = (tree: ClusterTree, { first, clusters }: Node): number =>
  startOf(tree, first + clusters) - startOf(tree, first);

/** The two children of a node with several clusters. */
export function halves({ first, clusters }: Node): [Node, Node] {
  const half = clusters >> 1;
  return [
    { first, clusters: half },
    { first: first + half, clusters: clusters - half },
  ];
}
