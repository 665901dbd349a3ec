/** Trains a sparse linear classifier per label, in a tree over the labels (Parabel, Bonsai, XR-Linear). */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { trainNodes } from '../../operators/train-nodes.js';
import { invertLists } from '../label-tree/invert-lists.js';
import { NodeFiles, writtenNodes } from '../label-tree/node-files.js';
import { nodesOf } from '../label-tree/shape.js';
import { readTree } from '../label-tree/tree-file.js';
import { TreeWeightsWriter } from '../label-tree/tree-weights.js';
import { countRows } from '../formats/npy.js';
import { featureFiles } from '../sparse/features.js';
import { pipeline } from '../stream/pipeline.js';
import { INT, listBytes, MIB } from './cost.js';
import type { DataFiles } from './data-files.js';
import type { Stage } from './stage.js';

/** C of a text and of a label text, the largest violation of optimality, and the weights that are cut. */
const COSTS = { text: 1, label: 1 };
const SOLVER = { tolerance: 0.1, passes: 30, threshold: 0.1 };
/** Weights of a label, roughly, and bytes of one on disk. */
const [WEIGHTS, BYTES] = [60, 8];

export interface TrainWordsOptions {
  /** Which texts are trained on; part of the stage's name. Without the texts held back the classifiers are temporary. */
  of: 'all texts' | 'texts that are not held back';
  seed: number;
  threads: number;
}

type Inputs = { readonly data: DataFiles } & Readonly<
  Record<'features' | 'texts' | 'labels' | 'positives' | 'rows' | 'tree', string>
>;

/** Leaves the base name `weights`. The inputs are those of `buildLabelTree`, with its tree. */
export const trainWords = ({
  of,
  seed,
  threads,
}: TrainWordsOptions): Stage<Inputs, { weights: string }, 'train words'> => ({
  name: `train words on ${of}`,
  options: { costs: COSTS, ...SOLVER, seed },
  leaves: ({ kept, temporary }) => ({
    weights: of === 'all texts' ? kept('words-weights') : temporary('words-weights'),
  }),
  cost: ({ labels, texts, labelled, means: { labelsOfText } }) => {
    const weights = labels * WEIGHTS * BYTES;
    return {
      work: { 'train words': { rows: labelled + labels } },
      disk: [
        { what: `word classifiers of ${of}`, bytes: weights, lasts: of === 'all texts' ? 'run' : 'training' },
        { what: 'word classifiers in training', bytes: weights, lasts: 'stage' },
        { what: 'instances of labels', bytes: listBytes(labels, (labelled * labelsOfText) / labels), lasts: 'stage' },
      ],
      memory: [{ what: 'rows of the largest node, in each thread', bytes: threads * (4 * (labels + texts) + 256 * MIB) }],
    };
  },
  run: async ({ data, positives, rows, tree, ...inputs }, { weights }, { scratch, identity, counting }) => {
    const { shape, order } = readTree(tree);
    const { labels, train } = data.dataset;
    const folder = join(scratch, identity.slice(0, 16));
    const instances = join(folder, 'instances');
    await mkdir(folder, { recursive: true });
    const keyOf = new Int32Array(labels).fill(-1);
    order.forEach((label, position) => (keyOf[label] = position));
    const last = (position: number): number => train + order[position]!;
    invertLists({ lists: positives, rows, keyOf, keys: order.length, last, into: instances });

    let done = 0;
    for await (const _node of writtenNodes(folder)) done++;
    const files = new NodeFiles(folder, done);
    const nodes = [...nodesOf(shape)];
    const training = trainNodes({
      files: { texts: inputs.texts, labels: inputs.labels, instances },
      instances: { shape, costs: COSTS, seed },
      node: SOLVER,
      features: countRows(featureFiles(inputs.features).terms),
      threads,
    });
    const trained = pipeline(nodes.slice(done), training).run(
      counting('train words', 'train-nodes', nodes.length - done),
    );
    for await (const { bytes } of trained) await files.append(bytes);
    await files.flush();

    using writer = new TreeWeightsWriter(weights);
    for await (const node of writtenNodes(folder)) writer.append(node);
    writer.finish();
    return { nodes: nodes.length };
  },
});
