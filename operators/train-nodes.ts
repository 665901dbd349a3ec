import { joined } from '../src/formats/arrays.js';
import { byFeature, encodeNode, type ChildWeights } from '../src/label-tree/node-weights.js';
import { boundsOf, type TreeNode } from '../src/label-tree/shape.js';
import { joinedRows } from '../src/sparse/rows.js';
import { RaggedReader } from '../src/store/ragged.js';
import { inFlight } from '../src/stream/concurrent.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { Pool } from '../src/stream/pooled.js';
import type { TrainNodesData, TrainTask } from './train-nodes.worker.js';

export interface TrainNodesOptions extends TrainNodesData {
  /** Default 2. */
  threads?: number;
}

export interface TrainedNode {
  node: TreeNode;
  /** Its weights, as `decodeNode` reads them. */
  bytes: Uint8Array;
}

/** Products of instances and children in a task; a larger node is several tasks. */
const TASK = 1_000_000;
/** Tasks of a node at most: each reads all its instances. */
const MOST_TASKS = 8;
/** Nodes in flight per thread: they differ in size. */
const AHEAD = 4;

/**
 * Trains the classifiers of a node's children. The result does not depend on the number of threads.
 * Order kept; at most 4 nodes per thread in flight; a failure surfaces at its node; owns its threads, each with the open
 * stores and the rows of one node.
 */
export function trainNodes({ threads = 2, ...data }: TrainNodesOptions): Operator<TreeNode, TrainedNode> {
  return operator<TreeNode, TrainedNode>('train-nodes', async function* (nodes, { own, progress, signal }) {
    const pool = own(
      new Pool({ worker: new URL('./train-nodes.worker.js', import.meta.url), threads, data }),
    );
    const lists = own(new RaggedReader(data.files.instances));
    const train = async (node: TreeNode): Promise<TrainedNode> => {
      const parts = tasksOf(node, data, lists).map((task) => {
        signal.throwIfAborted();
        return pool.run<ChildWeights>(task);
      });
      const trained = (await Promise.allSettled(parts)).map((part) => {
        if (part.status === 'rejected') throw part.reason;
        return part.value;
      });
      progress(1);
      return { node, bytes: encodeNode(byFeature(joinedChildren(trained))) };
    };
    yield* inFlight(nodes, train, AHEAD * threads);
  });
}

function tasksOf(node: TreeNode, { instances: { shape } }: TrainNodesData, lists: RaggedReader): TrainTask[] {
  const bounds = boundsOf(shape, node);
  const children = bounds.length - 1;
  const size = lists.sizeOf(bounds[0]!, bounds[children]! - bounds[0]!);
  const each = Math.max(Math.ceil(children / MOST_TASKS), Math.floor(TASK / Math.max(1, size)));
  return Array.from({ length: Math.ceil(children / each) }, (_x, i) => ({
    node,
    from: i * each,
    to: Math.min(children, (i + 1) * each),
  }));
}

/** The children of several tasks as one node's. */
const joinedChildren = (parts: readonly ChildWeights[]): ChildWeights => ({
  rows: joinedRows(parts.map(({ rows }) => rows)),
  bias: joined(
    Float32Array,
    parts.map(({ bias }) => bias),
  ),
});
