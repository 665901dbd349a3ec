/** Assigns auxiliary vectors to labels (DEXA, section 4), once, by clustering the initial label embeddings. */
import { join } from 'node:path';
import { CLUSTER_MEMORY, clusterAssign } from '../../operators/cluster-assign.js';
import { InputError } from '../errors.js';
import { AtomicFile } from '../files/atomic-file.js';
import { countRows } from '../formats/npy.js';
import { pipeline } from '../stream/pipeline.js';
import { writeAuxiliaryRows, writeTail } from './auxiliary-map.js';
import { clusteringDisk, INT, vectorBytes, type Cost, type Size } from './cost.js';
import type { DataFiles } from './data-files.js';
import type { EncoderTraits } from './initial-model.js';
import type { Stage } from './stage.js';

export interface ClusterLabelsOptions {
  /** Number of vectors that tail labels share, one per cluster. */
  aux: number;
  /** A label with at least this many training texts has a vector of its own. */
  headMinCount: number;
  /** Traits of the encoder whose embeddings are clustered. */
  traits: EncoderTraits;
  seed: number;
  threads: number;
}

type Inputs = { readonly data: DataFiles } & Readonly<Record<'frequency' | 'embeddings', string>>;

/** Leaves `rowOfLabel`, `.npy` int32 `[labels]`: label → row of the auxiliary vectors. */
export const clusterLabels = (
  options: ClusterLabelsOptions,
): Stage<Inputs, { rowOfLabel: string }, 'cluster labels'> => {
  const { aux: shared, headMinCount, seed, threads } = options;
  return {
    name: 'cluster labels',
    options: { aux: shared, headMinCount, seed },
    leaves: ({ kept }) => ({ rowOfLabel: kept('auxiliary.npy') }),
    cost: (size) => costOf(size, options),
    run: async ({ frequency, embeddings: vectors }, { rowOfLabel }, { scratch, summarise, counting }) => {
      const [ids, members] = [join(scratch, 'tail.npy'), join(scratch, 'members.npy')];
      const heads = writeTail(ids, { frequency, minCount: headMinCount });
      const request = { vectors, ids, clusters: shared, seed, members };
      await pipeline([request], clusterAssign({ threads })).first(
        counting('cluster labels', 'cluster-assign', countRows(ids)),
      );
      await using file = await AtomicFile.create(rowOfLabel);
      writeAuxiliaryRows(file.partial, { frequency, minCount: headMinCount, members, clusters: shared });
      await file.finish();
      summarise(`${heads + shared} auxiliary vectors (${heads} of them for one label each)`);
      return { heads, vectors: heads + shared };
    },
  };
};

function costOf(
  { name, labels, tail }: Size,
  { aux: clusters, headMinCount, traits: { dim, half } }: ClusterLabelsOptions,
): Cost<'cluster labels'> {
  const most = tail(headMinCount);
  if (clusters > most)
    throw new InputError(
      `aux: expected at most ${most} (the labels of ${name} with fewer than ${headMinCount} texts), got ${clusters}`,
    );
  const clusterings = [{ rows: labels, clusters, dim, times: 1 }];
  return {
    work: { 'cluster labels': { rows: labels, clusterings } },
    disk: [
      { what: 'label → auxiliary vector', bytes: labels * INT, lasts: 'run' },
      clusteringDisk(labels, vectorBytes(dim, half)),
    ],
    memory: [{ what: 'labels being clustered, at most', bytes: Math.min(CLUSTER_MEMORY, labels * dim * 4) }],
  };
}
