/** Assigns auxiliary vectors to labels (DEXA, section 4), once, by clustering the initial label embeddings. */
import { join } from 'node:path';
import { CLUSTER_MEMORY, clusterAssign } from '../../operators/cluster-assign.js';
import { InputError } from '../errors.js';
import { AtomicFile } from '../files/atomic-file.js';
import { countRows } from '../formats/npy.js';
import { pipeline } from '../stream/pipeline.js';
import { writeAuxiliaryRows, writeTail } from './auxiliary-map.js';
import { clusteringDisk, INT, vectorBytes } from './cost.js';
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

/** Leaves `rowOfLabel`, `.npy` int32 `[labels]`: label → row of the auxiliary vectors. */
export const clusterLabels = ({
  aux: shared,
  headMinCount,
  traits: { dim, half },
  seed,
  threads,
}: ClusterLabelsOptions): Stage<
  { data: DataFiles; frequency: string; embeddings: string },
  { rowOfLabel: string },
  'cluster labels'
> => ({
  name: 'cluster labels',
  options: { aux: shared, headMinCount, seed },
  leaves: ({ kept }) => ({ rowOfLabel: kept('auxiliary.npy') }),
  cost: ({ name, labels, tail }) => {
    const most = tail(headMinCount);
    if (shared > most)
      throw new InputError(
        `aux: expected at most ${most} (the labels of ${name} with fewer than ${headMinCount} texts), got ${shared}`,
      );
    return {
      work: {
        'cluster labels': { rows: labels, clusterings: [{ rows: labels, clusters: shared, dim, times: 1 }] },
      },
      disk: [
        { what: 'label → auxiliary vector', bytes: labels * INT, lasts: 'run' },
        clusteringDisk(labels, vectorBytes(dim, half)),
      ],
      memory: [
        { what: 'labels being clustered, at most', bytes: Math.min(CLUSTER_MEMORY, labels * dim * 4) },
      ],
    };
  },
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
});
