/** Which label uses which auxiliary vector (DEXA, Module I), made once from what the initial encoder makes of labels. */
import { rmSync } from 'node:fs';
import { clusterAssign } from '../../operators/cluster-assign.js';
import { writeAuxiliaryRows, writeTail } from './auxiliary-map.js';
import { AtomicFile } from '../files/atomic-file.js';
import { countRows } from '../formats/npy.js';
import { pipeline } from '../stream/pipeline.js';
import { watched, type Watch } from '../stream/progress.js';

export interface MapLabelsOptions {
  /** `.npy` of the labels' embeddings. */
  embeddings: string;
  /** An int32 `.npy`: training texts of each label. */
  frequency: string;
  /** Training texts that give a label a vector of its own. */
  headMinCount: number;
  /** Vectors that the others share, by cluster. */
  shared: number;
  /** The `.npy` to make: label → row. */
  path: string;
  threads: number;
  seed: number;
}

/** Makes the file whole or not at all. */
export async function mapLabels(
  { embeddings, frequency, headMinCount, shared, path, threads, seed }: MapLabelsOptions,
  watch: Watch,
): Promise<void> {
  const [tail, members] = [`${path}.tail.npy`, `${path}.members.npy`];
  writeTail(tail, { frequency, minCount: headMinCount });
  const request = { vectors: embeddings, ids: tail, clusters: shared, seed, members };
  await pipeline([request], clusterAssign({ threads })).first(
    watched(watch, { stage: 'cluster labels', counting: 'cluster-assign', total: countRows(tail) }),
  );
  await using file = await AtomicFile.create(path);
  writeAuxiliaryRows(file.partial, { frequency, minCount: headMinCount, members, clusters: shared });
  await file.finish();
  for (const temporary of [tail, members]) rmSync(temporary);
}
