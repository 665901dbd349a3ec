/** Trains a sparse linear classifier per label, in a tree over the labels (Parabel, Bonsai, XR-Linear). */
import { join } from 'node:path';
import { makeFolder } from '../files/make-folder.js';
import { trainNodes } from '../../operators/train-nodes.js';
import { invertLists, type InvertOptions } from '../label-tree/invert-lists.js';
import { NODE_BYTES } from '../label-tree/training-instances.js';
import { countWritten, NodeFiles, writtenNodes } from '../label-tree/node-files.js';
import { nodesOf } from '../label-tree/shape.js';
import { readTree, type LabelTree } from '../label-tree/tree-file.js';
import { TreeWeightsWriter } from '../label-tree/tree-weights.js';
import { countRows } from '../formats/npy.js';
import { WORD_KINDS, WORDS } from '../sources/words.js';
import { featureFiles } from '../sparse/features.js';
import { HELD_BYTES } from '../sparse/held.js';
import type { Dataset } from '../store/dataset.js';
import { pipeline } from '../stream/pipeline.js';
import { INT, listBytes, type Cost, type Size } from './cost.js';
import type { DataFiles } from './data-files.js';
import type { Stage, StageContext } from './stage.js';
import { sparseBytes } from './weigh-texts.js';

/** C of a text and of a label text, the largest violation of optimality, and the weights that are cut. */
const COSTS = { text: 1, label: 1 };
const SOLVER = { tolerance: 0.1, passes: 10, threshold: 0.1 };
/** Bytes of weights per text of a label, its own included; 175 and 221 were measured. */
const WEIGHTS = 200;

export interface TrainWordsOptions {
  seed: number;
  threads: number;
}

type Inputs = { readonly data: DataFiles } & Readonly<
  Record<'features' | 'texts' | 'labels' | 'positives' | 'rows' | 'tree', string>
>;

/** Leaves the base name `weights`. The inputs are those of `buildLabelTree`, with its tree. */
export const trainWords = (
  options: TrainWordsOptions,
): Stage<Inputs, { weights: string }, 'train words'> => ({
  name: 'train words',
  options: { costs: COSTS, ...SOLVER, seed: options.seed },
  leaves: ({ kept }) => ({ weights: kept(WORDS.files.weights) }),
  cost: (size) => costOf(size, options),
  run: (inputs, { weights }, context) => train(inputs, weights, options, context),
});

function costOf(size: Size, { threads }: TrainWordsOptions): Cost<'train words'> {
  const { labels, texts, labelled, means } = size;
  const weights = WEIGHTS * (labels + labelled * means.labelsOfText);
  const instances = listBytes(labels, 1 + (labelled * means.labelsOfText) / labels);
  const [ofTexts, ofLabels] = (['texts', 'labels'] as const).map((of) =>
    sparseBytes(size, { of, kinds: WORD_KINDS }),
  ) as [number, number];
  const held = [ofTexts, ofLabels].filter((bytes) => bytes <= HELD_BYTES);
  const ofNode = Math.min(ofTexts + ofLabels, NODE_BYTES);
  const perThread = held.reduce((sum, bytes) => sum + bytes, INT * (labels + texts) + ofNode);
  return {
    work: { 'train words': { rows: labelled + labels } },
    disk: [
      { what: 'word classifiers', bytes: weights, lasts: 'run' },
      { what: 'word classifiers in training', bytes: weights, lasts: 'stage' },
      { what: 'instances of labels', bytes: instances, lasts: 'stage' },
    ],
    memory: [{ what: 'texts of word classifiers', bytes: threads * perThread }],
  };
}

/** Returns the number of nodes. Nodes that an interrupted training left are not trained again. */
async function train(
  { data, positives, rows, tree: base, features, texts, labels }: Inputs,
  weights: string,
  { seed, threads }: TrainWordsOptions,
  { scratch, identity, counting }: StageContext<'train words'>,
): Promise<{ nodes: number }> {
  const tree = readTree(base);
  const folder = join(scratch, identity.slice(0, 16));
  const instances = join(folder, 'instances');
  makeFolder(folder);
  writeInstances(tree, data.dataset, { lists: positives, rows, into: instances });

  const nodes = [...nodesOf(tree.shape)];
  const done = await countWritten(folder);
  const files = new NodeFiles(folder, done);
  const training = trainNodes({
    files: { texts, labels, instances },
    instances: { shape: tree.shape, costs: COSTS, seed },
    node: SOLVER,
    features: countRows(featureFiles(features).terms),
    threads,
  });
  const counted = counting('train words', 'train-nodes', nodes.length - done);
  for await (const { bytes } of pipeline(nodes.slice(done), training).run(counted)) await files.append(bytes);
  await files.flush();

  using writer = new TreeWeightsWriter(weights);
  for await (const node of writtenNodes(folder)) writer.append(node);
  writer.finish();
  return { nodes: nodes.length };
}

/** Lists the instances of each label in the order of the tree: its texts, and its own text. */
function writeInstances(
  { order }: LabelTree,
  { labels, train }: Dataset,
  files: Pick<InvertOptions, 'lists' | 'rows' | 'into'>,
): void {
  const keyOf = new Int32Array(labels).fill(-1);
  order.forEach((label, position) => (keyOf[label] = position));
  invertLists({ ...files, keyOf, keys: order.length, last: (position) => train + order[position]! });
}
