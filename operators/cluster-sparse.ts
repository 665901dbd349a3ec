import { InputError } from '../src/errors.js';
import { SAMPLE } from '../src/cluster/bisect.js';
import { halves, sizeOf, type ClusterTree, type Node } from '../src/cluster/node.js';
import { SparseReader } from '../src/sparse/store.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { Pool } from '../src/stream/pooled.js';
import type { ClusterSparseData, SplitTask } from './cluster-sparse.worker.js';

export interface ClusterSparseRequest extends Pick<ClusterSparseData, 'rows' | 'columns'> {
  /** 1 … number of rows. */
  clusters: number;
  seed: number;
}

/**
 * Recursive balanced 2-means (cosine) of sparse rows of unit length: yields the row numbers in the order of their clusters;
 * cluster `c` begins at `startOf`. Cluster sizes differ by at most one. The result depends on the seed, not on threads.
 * Memory: 4 bytes per row, and in each thread 24 bytes per column and the rows of a node, or all if they are small.
 *
 * One request at a time, in order; a failure surfaces at its request; owns its threads.
 */
export function clusterSparse({ threads = 2 }: { threads?: number } = {}): Operator<
  ClusterSparseRequest,
  Int32Array
> {
  return operator<ClusterSparseRequest, Int32Array>('cluster-sparse', async function* (requests, context) {
    for await (const { rows: base, columns, clusters, seed } of requests) {
      const rows = countRows(base, clusters);
      const tree: ClusterTree = { rows, clusters, seed };
      const data: ClusterSparseData = { rows: base, columns, tree };
      await using pool = new Pool({
        worker: new URL('./cluster-sparse.worker.js', import.meta.url),
        threads,
        data,
      });
      const order = async (ids: Int32Array, node: Node): Promise<Int32Array> => {
        context.signal.throwIfAborted();
        const task: SplitTask = { ids, node };
        if (node.clusters === 1) return ids;
        if (ids.length <= SAMPLE) {
          const ordered = await pool.run<Int32Array>(task);
          context.progress(ids.length);
          return ordered;
        }
        const divided = await pool.run<Int32Array>(task, { name: 'split' });
        const [first, second] = halves(node);
        const left = sizeOf(tree, first);
        const parts = await Promise.all([
          order(divided.slice(0, left), first),
          order(divided.slice(left), second),
        ]);
        divided.set(parts[0]);
        divided.set(parts[1], left);
        return divided;
      };
      yield await order(
        Int32Array.from({ length: rows }, (_x, i) => i),
        { first: 0, clusters },
      );
    }
  });
}

/** @throws InputError if the number of clusters is not 1 … number of rows. */
function countRows(base: string, clusters: number): number {
  using reader = new SparseReader(base);
  const { rows } = reader;
  if (!Number.isInteger(clusters) || clusters < 1 || clusters > rows)
    throw new InputError(`clusters: expected 1..${rows} (the rows of ${base}), got ${clusters}`);
  return rows;
}
