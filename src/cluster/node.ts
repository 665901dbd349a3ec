/**
 * Balanced clusters as a tree of splits: each node is a range of consecutive clusters, halved down to single ones. Whole
 * numbers say how many rows each has, so what a split does depends on its node alone, not on who makes it or when.
 */

/** So many rows into so many clusters, by the splits of a seed. */
export interface Whole {
  rows: number;
  clusters: number;
  seed: number;
}

/** `clusters` consecutive clusters from `first` on. */
export interface Node {
  first: number;
  clusters: number;
}

/** Rows before a cluster. The sizes of all clusters differ by at most one, for any number of clusters. */
export const startOf = ({ rows, clusters }: Pick<Whole, 'rows' | 'clusters'>, cluster: number): number =>
  Math.floor((rows * cluster) / clusters);

/** Rows of a node. */
export const sizeOf = (whole: Whole, { first, clusters }: Node): number =>
  startOf(whole, first + clusters) - startOf(whole, first);

/** The two that a node of several clusters is split into. */
export function halves({ first, clusters }: Node): [Node, Node] {
  const half = clusters >> 1;
  return [
    { first, clusters: half },
    { first: first + half, clusters: clusters - half },
  ];
}
