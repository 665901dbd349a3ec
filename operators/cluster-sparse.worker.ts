import { workerData } from 'node:worker_threads';
import { SAMPLE, Sampler } from '../src/cluster/bisect.js';
import { halves, sizeOf, type ClusterTree, type Node } from '../src/cluster/node.js';
import {
  clear,
  columnBuffers,
  divide,
  fitDirection,
  scoresOf,
  splitAllRows,
  type ColumnBuffers,
} from '../src/label-tree/split-rows.js';
import { openSparse, type SparseSource } from '../src/sparse/held.js';
import { handOver } from '../src/stream/pooled.js';

export interface ClusterSparseData {
  /** Base name of rows of unit length. */
  rows: string;
  /** Number of columns. */
  columns: number;
  tree: ClusterTree;
}

/** Rows of a node, ascending. */
export interface SplitTask {
  ids: Int32Array;
  node: Node;
}

const { rows: base, columns, tree } = workerData as ClusterSparseData;

/** Opened by the first task: a task may fail, whereas a thread that fails to start ends the process. */
let opened: { rows: SparseSource; buffers: ColumnBuffers } | undefined;
const open = () => (opened ??= { rows: openSparse(base), buffers: columnBuffers(columns) });

const upTo = (count: number): Int32Array => Int32Array.from({ length: count }, (_x, i) => i);

/** Splits a node of at most `SAMPLE` rows down to single clusters: its ids in the order of the clusters. */
export default ({ ids, node }: SplitTask): Int32Array => {
  const { rows, buffers } = open();
  const order = upTo(ids.length);
  splitAllRows(rows.gather(ids), order, { node, tree, buffers });
  return handOver(order.map((row) => ids[row]!));
};

/** Splits a node once, by a direction that is fitted to a sample; the rows are read in blocks. */
export const split = ({ ids, node }: SplitTask): Int32Array => {
  const { rows, buffers } = open();
  const left = sizeOf(tree, halves(node)[0]);
  const sampler = new Sampler(ids.length, { node, seed: tree.seed });
  for (const id of ids) sampler.offer(id);
  const { drawn } = sampler;
  const ofSample = { left: Math.round((left / ids.length) * drawn.length), node, seed: tree.seed };
  const touched = fitDirection(rows.gather(drawn), upTo(drawn.length), ofSample, buffers);
  const scores = new Float32Array(ids.length);
  for (let begin = 0; begin < ids.length; begin += SAMPLE) {
    const block = ids.subarray(begin, begin + SAMPLE);
    scores.set(scoresOf(rows.gather(block), upTo(block.length), buffers.direction), begin);
  }
  clear(buffers, touched);
  divide(scores, ids, left);
  return handOver(ids);
};
