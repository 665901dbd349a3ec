/** Builds the tree over labels that `train-words` trains classifiers in: similar labels stand together. */
import { join } from 'node:path';
import { clusterSparse } from '../../operators/cluster-sparse.js';
import { writeProfiles } from '../label-tree/label-profiles.js';
import { invertLists } from '../label-tree/invert-lists.js';
import { clustersOf, shapeOf } from '../label-tree/shape.js';
import { writeTree } from '../label-tree/tree-file.js';
import { countRows } from '../formats/npy.js';
import { featureFiles } from '../sparse/features.js';
import { openSparse } from '../sparse/held.js';
import { pipeline } from '../stream/pipeline.js';
import { FLOAT, INT, listBytes, MIB } from './cost.js';
import type { DataFiles } from './data-files.js';
import type { Stage, StageContext } from './stage.js';

/** Labels of a node at the bottom, and children of the other nodes. */
const SHAPE = { leaf: 100, fanout: 32 };
/** Features in a label's profile, roughly. */
const PROFILE = 60;

type Inputs = { readonly data: DataFiles } & Readonly<
  Record<'features' | 'texts' | 'labels' | 'positives' | 'rows', string>
>;

export interface BuildLabelTreeOptions {
  seed: number;
  threads: number;
}

/**
 * Leaves the base name `tree`. `texts` and `labels` are sparse rows, `positives` lists; texts other than `rows` do not count.
 * A label without a word in its texts or in its own text is left out. Returns the number of labels in the tree.
 */
export const buildLabelTree = (
  options: BuildLabelTreeOptions,
): Stage<Inputs, { tree: string }, 'cluster labels by words'> => ({
  name: 'build label tree',
  options: { ...SHAPE, seed: options.seed },
  leaves: ({ kept }) => ({ tree: kept('label-tree') }),
  cost: ({ labels, labelled, means: { labelsOfText } }) => {
    const profiles = labels * PROFILE * (INT + FLOAT);
    return {
      work: { 'cluster labels by words': { rows: labels } },
      disk: [
        { what: 'label tree', bytes: labels * INT, lasts: 'run' },
        {
          what: 'texts of labels',
          bytes: listBytes(labels, (labelled * labelsOfText) / labels),
          lasts: 'stage',
        },
        { what: 'profiles of labels', bytes: profiles, lasts: 'stage' },
      ],
      memory: [{ what: 'label tree', bytes: 16 * labels + options.threads * Math.min(256 * MIB, profiles) }],
    };
  },
  run: (inputs, { tree }, context) => build(inputs, tree, options, context),
});

async function build(
  { data, features: base, positives, rows, ...sparse }: Inputs,
  tree: string,
  { seed, threads }: BuildLabelTreeOptions,
  { scratch, counting }: StageContext<'cluster labels by words'>,
): Promise<{ labels: number }> {
  const { labels: keys } = data.dataset;
  const columns = countRows(featureFiles(base).terms);
  const [textsOf, profiles] = [join(scratch, 'texts-of-labels'), join(scratch, 'profiles')];
  const keyOf = Int32Array.from({ length: keys }, (_x, label) => label);
  invertLists({ lists: positives, rows, keyOf, keys, into: textsOf });
  using texts = openSparse(sparse.texts);
  using labels = openSparse(sparse.labels);
  const known = writeProfiles({ texts, labels, textsOf, features: columns, into: profiles });
  const shape = shapeOf(known.length, SHAPE);
  if (known.length === 0) {
    await writeTree(tree, { shape, order: known });
    return { labels: 0 };
  }
  const request = { rows: profiles, columns, clusters: clustersOf(shape), seed };
  const order = await pipeline([request], clusterSparse({ threads })).first(
    counting('cluster labels by words', 'cluster-sparse', known.length),
  );
  await writeTree(tree, { shape, order: order.map((row) => known[row]!) });
  return { labels: known.length };
}
