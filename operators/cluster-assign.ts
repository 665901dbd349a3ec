import { onDisk, split, type Subtree } from '../src/cluster/balanced.js';
import { inFlight } from '../src/stream/concurrent.js';
import { InputError } from '../src/stream/errors.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { Pool } from '../src/stream/pooled.js';
import { Matrix } from '../src/store/npy.js';
import type { Task } from './cluster-assign.worker.js';

export interface ClusterRequest {
  /** A float32 `.npy` of rows of unit length. */
  vectors: string;
  /** Rows to cluster, ascending; default all. */
  ids?: Int32Array | undefined;
  /** 1 … number of rows. */
  clusters: number;
  seed: number;
}

export interface Clustering extends ClusterRequest {
  /** The cluster, 0 … clusters − 1, of each of the ids in order. */
  assignment: Int32Array;
}

export interface ClusterAssignOptions {
  /** Default 2. */
  threads?: number;
  /** Bytes of rows in memory at a time, over all threads; default 32 MiB. */
  memory?: number;
}

/**
 * Recursive balanced 2-means (cosine): cluster sizes differ by at most one, for any number of clusters, the
 * same under a seed whatever the threads and the memory. Splits that do not fit the memory stream the store
 * past the centroids; the subtrees below are loaded and finished in threads.
 *
 * One request at a time, in order; a failure surfaces at its request; owns its threads and the open store.
 */
export function clusterAssign({ threads = 2, memory = 32 << 20 }: ClusterAssignOptions = {}): Operator<
  ClusterRequest,
  Clustering
> {
  return operator<ClusterRequest, Clustering>(
    'cluster-assign',
    async function* (requests, { own, progress, signal }) {
      const pool = own(new Pool({ worker: new URL('./cluster-assign.worker.js', import.meta.url), threads }));
      for await (const request of requests) {
        const { vectors, clusters, seed } = request;
        using store = Matrix.open(vectors, 'float32');
        const ids = Int32Array.from(request.ids ?? { length: store.rows }, (id, i) => (request.ids ? id : i));
        if (!Number.isInteger(clusters) || clusters < 1 || clusters > ids.length)
          throw new InputError(
            `clusters: expected 1..${ids.length} (the rows of ${vectors}), got ${clusters}`,
          );
        const whole = ids.slice();
        const limit = Math.min(Math.ceil(whole.length / threads), memory / threads / (4 * store.cols));
        const subtrees = splitDown(store, { ids: whole, first: 0, clusters }, { limit, seed });
        const work = async (subtree: Subtree) => {
          signal.throwIfAborted();
          const task: Task = { vectors, seed, subtree: { ...subtree, ids: subtree.ids.slice() } };
          return { subtree, clusters: await pool.run<Int32Array>(task) };
        };
        const clusterOf = new Int32Array(store.rows);
        for await (const done of inFlight(subtrees, work, threads)) {
          done.subtree.ids.forEach((id, i) => (clusterOf[id] = done.clusters[i]!));
          progress(done.subtree.ids.length);
        }
        yield { ...request, assignment: ids.map((id) => clusterOf[id]!) };
      }
    },
  );
}

/** Splits until each subtree has at most `limit` rows, leaving the rows on disk. */
async function* splitDown(
  store: Matrix<'float32'>,
  whole: Subtree,
  { limit, seed }: { limit: number; seed: number },
): AsyncGenerator<Subtree> {
  const open = [whole];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.clusters === 1 || next.ids.length <= limit) yield next;
    else open.push(...split(onDisk(store), next, seed));
  }
}
