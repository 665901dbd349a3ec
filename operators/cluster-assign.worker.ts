import { splitAll } from '../src/cluster/balanced.js';
import { sizeOf, type ClusterTree, type Node } from '../src/cluster/node.js';
import { directionOf, dot } from '../src/cluster/bisect.js';
import type { DirectTask, ScoreTask } from '../src/cluster/partition.js';
import { RowReader, type RowFiles } from '../src/cluster/row-files.js';
import { handOver } from '../src/stream/pooled.js';

export interface FinishTask {
  files: RowFiles;
  node: Node;
  tree: ClusterTree;
}

/** Rows of the current task. Reused, so that memory is that of the largest task. */
let buffer = new Float32Array(0);

function bufferFor(values: number): Float32Array {
  if (buffer.length < values) buffer = new Float32Array(values);
  return buffer;
}

/** Loads the rows of a node and splits them down to single clusters: their ids in the order of the clusters. */
export default ({ files, node, tree }: FinishTask): Int32Array => {
  using rows = new RowReader(files);
  const { dim } = rows;
  const count = sizeOf(tree, node);
  const vectors = { rows: rows.read(0, count, bufferFor(count * dim)), dim };
  const order = Int32Array.from({ length: count }, (_x, i) => i);
  splitAll(vectors, order, node, tree);
  const ids = rows.ids(0, count);
  return handOver(order.map((row) => ids[row]!));
};

export const direct = ({ files, drawn, total, ...split }: DirectTask): Float32Array => {
  using rows = new RowReader(files);
  return directionOf(rows.gather(drawn), total, { ...split, dim: rows.dim });
};

export const score = ({ files, begin, nodes, directions }: ScoreTask): Float32Array => {
  using reader = new RowReader(files);
  const { dim } = reader;
  const rows = reader.read(begin, nodes.length, bufferFor(nodes.length * dim));
  return handOver(Float32Array.from(nodes, (node, i) => dot(rows, i, directions, node, dim)));
};
