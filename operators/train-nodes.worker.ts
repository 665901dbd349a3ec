import { workerData } from 'node:worker_threads';
import type { ChildWeights } from '../src/label-tree/node-weights.js';
import type { TreeNode } from '../src/label-tree/shape.js';
import { trainNode, type NodeOptions } from '../src/label-tree/train-node.js';
import {
  TrainingInstances,
  type InstanceFiles,
  type InstanceOptions,
} from '../src/label-tree/training-instances.js';
import { handOver } from '../src/stream/pooled.js';

export interface TrainNodesData {
  files: InstanceFiles;
  instances: InstanceOptions;
  node: NodeOptions;
  /** Columns of the rows. */
  features: number;
}

/** Some of the children of a node, `from` … `to` − 1. */
export interface TrainTask {
  node: TreeNode;
  from: number;
  to: number;
}

const { files, instances, node: options, features } = workerData as TrainNodesData;

/** Opened by the first task: a task may fail, whereas a thread that fails to start ends the process. */
let opened: { instances: TrainingInstances; marks: Int32Array } | undefined;

export default ({ node, from, to }: TrainTask): ChildWeights => {
  opened ??= { instances: new TrainingInstances(files, instances), marks: new Int32Array(features) };
  return handOver(trainNode(opened.instances.read(node, from, to), options, opened.marks));
};
