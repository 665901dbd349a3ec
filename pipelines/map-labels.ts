/** Which label uses which auxiliary vector (DEXA, Module I), made once from what the initial encoder makes of labels. */
import { clusterAssign } from '../operators/cluster-assign.js';
import { auxiliaryRows } from '../src/model/auxiliary-map.js';
import { Matrix } from '../src/store/npy.js';
import { pipeline } from '../src/stream/pipeline.js';
import { watched, type Watch } from '../src/stream/progress.js';

export interface MapLabelsOptions {
  /** `.npy` of the labels' embeddings. */
  embeddings: string;
  /** Labels with a vector of their own, and those that share; both ascending. */
  head: Int32Array;
  tail: Int32Array;
  /** Vectors that the tail shares, by cluster. */
  shared: number;
  /** The `.npy` to make: label → row. */
  path: string;
  threads: number;
  seed: number;
}

/** Returns how many auxiliary vectors there are. */
export async function mapLabels(
  { embeddings, head, tail, shared, path, threads, seed }: MapLabelsOptions,
  watch: Watch,
): Promise<number> {
  const request = { vectors: embeddings, ids: tail, clusters: shared, seed };
  const { assignment } = await pipeline([request], clusterAssign({ threads })).first(
    watched(watch, { stage: 'cluster labels', counting: 'cluster-assign', total: tail.length }),
  );
  using rows = Matrix.create(path, { dtype: 'int32', cols: 1 });
  rows.append(auxiliaryRows(head, tail, assignment));
  rows.finish();
  return head.length + shared;
}
