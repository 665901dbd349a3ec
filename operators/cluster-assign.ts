import { rmSync } from 'node:fs';
import type { ClusterTree } from '../src/cluster/node.js';
import { partition, remove, type Part, type Splitting } from '../src/cluster/partition.js';
import { RowReader, type RowFiles } from '../src/cluster/row-files.js';
import { AtomicFile } from '../src/files/atomic-file.js';
import { Matrix } from '../src/formats/npy.js';
import { inFlight } from '../src/stream/concurrent.js';
import { InputError } from '../src/errors.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { Pool } from '../src/stream/pooled.js';
import type { FinishTask } from './cluster-assign.worker.js';

export interface ClusterRequest extends Pick<RowFiles, 'vectors' | 'ids'> {
  /** 1 … number of rows. */
  clusters: number;
  seed: number;
  /** The int32 `.npy` to create: the row ids in the order of their clusters. */
  members: string;
}

/** The request and the number of rows: cluster `c` begins at `startOf({ rows, clusters }, c)` of the members. */
export interface Clustering extends ClusterRequest {
  rows: number;
}

/** Default of `memory`, in bytes. */
export const CLUSTER_MEMORY = 256 << 20;

export interface ClusterAssignOptions {
  /** Default 2. */
  threads?: number;
  /** Maximum bytes of rows in memory over all threads; default 256 MiB. */
  memory?: number;
}

/**
 * Recursive balanced 2-means (cosine). Cluster sizes differ by at most one, for any number of clusters. The result depends
 * on the seed, not on threads or memory; ids ascend within a cluster. If the rows of a node do not fit in memory, they are
 * streamed past the centroids and rewritten by part into a temporary folder beside the members, which takes as many bytes as
 * the rows.
 *
 * One request at a time, in order; a failure surfaces at its request; owns its threads, open files and that folder.
 */
export function clusterAssign({ threads = 2, memory = CLUSTER_MEMORY }: ClusterAssignOptions = {}): Operator<
  ClusterRequest,
  Clustering
> {
  return operator<ClusterRequest, Clustering>(
    'cluster-assign',
    async function* (requests, { own, progress, signal }) {
      const pool = own(new Pool({ worker: new URL('./cluster-assign.worker.js', import.meta.url), threads }));
      for await (const request of requests) {
        const size = measure(request);
        const { rows } = size;
        const tree = { rows, clusters: request.clusters, seed: request.seed };
        const limit = rowsInMemory(size, { threads, memory });
        await cluster(request, { tree, limit, pool, threads, advance: meter(tree, progress), signal });
        yield { ...request, rows };
      }
    },
  );
}

interface Clusterer {
  tree: ClusterTree;
  /** Maximum number of rows of a part. */
  limit: number;
  pool: Pool;
  threads: number;
  /** Called with rows that have passed some levels of splits. */
  advance: (rows: number, levels: number) => void;
  signal: AbortSignal;
}

/** Writes the members of one request. */
async function cluster({ vectors, ids, members }: ClusterRequest, clusterer: Clusterer): Promise<void> {
  const { tree, limit, pool, threads, advance, signal } = clusterer;
  const dir = `${members}.parts`;
  const root = { node: { first: 0, clusters: tree.clusters }, files: { vectors, ids }, temporary: false };
  const work: Splitting = {
    direct: (task) => pool.run(task, { name: 'direct' }),
    score: (task) => pool.run(task, { name: 'score' }),
  };
  const pass = (count: number): void => {
    advance(count, 1);
  };
  const parts = partition(root, { tree, limit, dir, work, window: threads + 1, progress: pass, signal });
  const finish = async (part: Part) => {
    signal.throwIfAborted();
    const task: FinishTask = { files: part.files, node: part.node, tree };
    const ordered = await pool.run<Int32Array>(task);
    remove(part);
    advance(ordered.length, Math.log2(part.node.clusters));
    return ordered;
  };
  rmSync(dir, { recursive: true, force: true }); // left by a process that was killed
  try {
    await using file = await AtomicFile.create(members);
    using out = Matrix.create(file.partial, { dtype: 'int32', cols: 1 });
    for await (const ordered of inFlight(parts, finish, 2 * threads)) out.append(ordered); // parts differ in size
    out.finish();
    await file.finish();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Maximum rows of a part finished in memory: one part per thread, and 10 % more because halves differ by a cluster. */
export const rowsInMemory = (
  { rows, dim }: { rows: number; dim: number },
  { threads = 2, memory = CLUSTER_MEMORY }: ClusterAssignOptions,
): number => Math.min(Math.ceil((1.1 * rows) / threads), memory / threads / (4 * dim));

/** @throws InputError if the number of clusters is not 1 … number of rows. */
function measure({ vectors, ids, clusters }: ClusterRequest): { rows: number; dim: number } {
  using reader = new RowReader({ vectors, ids });
  const { rows, dim } = reader;
  if (!Number.isInteger(clusters) || clusters < 1 || clusters > rows)
    throw new InputError(`clusters: expected 1..${rows} (the rows of ${ids ?? vectors}), got ${clusters}`);
  return { rows, dim };
}

/** Converts rows that have passed some levels of splits into finished rows: `rows` in total once all levels are done. */
function meter({ rows, clusters }: ClusterTree, progress: (rows: number) => void): Clusterer['advance'] {
  const all = rows * Math.max(1, Math.log2(clusters));
  let [done, reported] = [0, 0];
  return (count, levels) => {
    done += count * levels;
    const now = Math.min(rows, Math.floor((rows * done) / all));
    progress(now - reported);
    reported = now;
  };
}
