/**
 * A balanced tree over labels. Its labels stand in an order in which each node is a range of consecutive positions: the
 * labels of a node share more words with each other than with those of other nodes.
 */
import { startOf } from '../cluster/node.js';

export interface TreeShape {
  /** Labels in the tree; their positions are 0 … `labels` − 1. */
  labels: number;
  /** Children of each inner node, by level from the root, powers of two; the children of the last level are labels. */
  fanouts: readonly number[];
}

/** The `index`-th node of a level; level 0 is the root. */
export interface TreeNode {
  level: number;
  index: number;
}

export interface ShapeOptions {
  /** Maximum labels of a node whose children are labels, 2 … 256. */
  leaf: number;
  /** Maximum children of the other nodes, 2 … 256. */
  fanout: number;
}

/** Nodes hold at most this many children, because a child's number is stored in a byte. */
export const MOST_CHILDREN = 256;

export function shapeOf(labels: number, { leaf, fanout }: ShapeOptions): TreeShape {
  const bits = Math.max(0, Math.ceil(Math.log2(labels / leaf)));
  const levels = Math.ceil(bits / Math.floor(Math.log2(fanout)));
  const upTo = (level: number): number => Math.round((bits * level) / levels);
  return {
    labels,
    fanouts: Array.from({ length: levels }, (_x, level) => 2 ** (upTo(level + 1) - upTo(level))),
  };
}

/** Nodes of a level. */
export const nodesAt = ({ fanouts }: TreeShape, level: number): number =>
  fanouts.slice(0, level).reduce((product, fanout) => product * fanout, 1);

/** Nodes whose children are labels. */
export const clustersOf = (shape: TreeShape): number => nodesAt(shape, shape.fanouts.length);

/** Position of the first label of a node of the last level. */
export const firstLabelOf = (shape: TreeShape, index: number): number =>
  startOf({ rows: shape.labels, clusters: clustersOf(shape) }, index);

export const isLeaf = ({ fanouts }: TreeShape, { level }: TreeNode): boolean => level === fanouts.length;

/** Where the children of a node begin, as positions of labels, and where the last one ends: `[children + 1]`. */
export function boundsOf(shape: TreeShape, { level, index }: TreeNode): Int32Array {
  const { labels: rows } = shape;
  const clusters = clustersOf(shape);
  const fanout = shape.fanouts[level];
  if (fanout === undefined) {
    const [begin, end] = [firstLabelOf(shape, index), firstLabelOf(shape, index + 1)];
    return Int32Array.from({ length: end - begin + 1 }, (_x, i) => begin + i);
  }
  const span = clusters / nodesAt(shape, level + 1);
  return Int32Array.from({ length: fanout + 1 }, (_x, child) =>
    startOf({ rows, clusters }, (index * fanout + child) * span),
  );
}

/** All nodes, level by level. */
export function* nodesOf(shape: TreeShape): Generator<TreeNode> {
  for (let level = 0; level <= shape.fanouts.length; level++)
    for (let index = 0; index < nodesAt(shape, level); index++) yield { level, index };
}

/** Number of a node in the order of `nodesOf`. */
export function numberOf(shape: TreeShape, { level, index }: TreeNode): number {
  let before = 0;
  for (let above = 0; above < level; above++) before += nodesAt(shape, above);
  return before + index;
}
