import { rmSync } from 'node:fs';
import type { Whole } from '../src/cluster/node.js';
import { partition, remove, type Part } from '../src/cluster/partition.js';
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
  /** The int32 `.npy` to make: the names of the rows in the order of their clusters. */
  members: string;
}

/** What was asked for, and how many rows there are: cluster `c` begins at `startOf({ rows, clusters }, c)` of the members. */
export interface Clustering extends ClusterRequest {
  rows: number;
}

/** Bytes of rows in memory at a time, unless told otherwise. */
export const CLUSTER_MEMORY = 256 << 20;

export interface ClusterAssignOptions {
  /** Default 2. */
  threads?: number;
  /** Bytes of rows in memory at a time, over all threads; default 256 MiB. */
  memory?: number;
}

/**
 * Recursive balanced 2-means (cosine): cluster sizes differ by at most one, for any number of clusters, the same under a
 * seed whatever the threads and the memory; within a cluster names ascend. Splits of more rows than fit in memory stream
 * them past the centroids, and write the rows of what they split apart into a folder beside the members, as many bytes as
 * the rows have, which is gone afterwards.
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
        const { vectors, ids, clusters, seed, members } = request;
        const { rows, dim } = measure(request);
        const whole = { rows, clusters, seed };
        const dir = `${members}.parts`;
        const advance = meter(whole, progress);
        const parts = partition(
          { node: { first: 0, clusters }, files: { vectors, ids }, temporary: false },
          {
            whole,
            limit: rowsInMemory({ rows, dim, threads, memory }),
            dir,
            work: {
              direct: (task) => pool.run(task, { name: 'direct' }),
              score: (task) => pool.run(task, { name: 'score' }),
            },
            window: threads + 1,
            progress: (count) => {
              advance(count, 1);
            },
            signal,
          },
        );
        const finish = async (part: Part) => {
          signal.throwIfAborted();
          const task: FinishTask = { files: part.files, node: part.node, whole };
          const names = await pool.run<Int32Array>(task);
          remove(part);
          advance(names.length, Math.log2(part.node.clusters));
          return names;
        };
        rmSync(dir, { recursive: true, force: true }); // of a process that was killed
        try {
          await using file = await AtomicFile.create(members);
          using out = Matrix.create(file.partial, { dtype: 'int32', cols: 1 });
          for await (const names of inFlight(parts, finish, 2 * threads)) out.append(names); // parts are not of one size
          out.finish();
          await file.finish();
        } finally {
          rmSync(dir, { recursive: true, force: true });
        }
        yield { ...request, rows };
      }
    },
  );
}

/** Rows of a part that is finished in memory, at most: each thread has one, and a bit, as halves differ by a cluster. */
export const rowsInMemory = ({
  rows,
  dim,
  threads,
  memory = CLUSTER_MEMORY,
}: {
  rows: number;
  dim: number;
  threads: number;
  memory?: number;
}): number => Math.min(Math.ceil((1.1 * rows) / threads), memory / threads / (4 * dim));

/** @throws InputError if the rows cannot be so many clusters. */
function measure({ vectors, ids, clusters }: ClusterRequest): { rows: number; dim: number } {
  using reader = new RowReader({ vectors, ids });
  const { rows, dim } = reader;
  if (!Number.isInteger(clusters) || clusters < 1 || clusters > rows)
    throw new InputError(`clusters: expected 1..${rows} (the rows of ${ids ?? vectors}), got ${clusters}`);
  return { rows, dim };
}

/** Turns rows that went through some levels of splits into rows done: `rows` of them when all levels are. */
function meter(
  { rows, clusters }: Whole,
  progress: (rows: number) => void,
): (rows: number, levels: number) => void {
  const all = rows * Math.max(1, Math.log2(clusters));
  let [done, told] = [0, 0];
  return (count, levels) => {
    done += count * levels;
    const now = Math.min(rows, Math.floor((rows * done) / all));
    progress(now - told);
    told = now;
  };
}
