import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../files/make-folder.js';
import { isThere } from '../files/is-there.js';
import { clusterAssign } from '../../operators/cluster-assign.js';
import type { Epoch } from '../../operators/mine-negatives.js';
import { countRows } from '../formats/npy.js';
import { clusteredBefore, clusterSize, type Curriculum } from '../sample/curriculum.js';
import { pipeline } from '../stream/pipeline.js';
import { watched, type Watch } from '../stream/progress.js';

export interface EpochOrderOptions {
  /** An int32 `.npy` of the rows to visit, ascending. */
  rows: string;
  curriculum: Curriculum;
  /** A float32 `.npy`, one row per row that may be visited. Rows are clustered by its values at the start of an epoch. */
  vectors: string;
  /** Folder for the rows in the order of their clusters: one file per clustering. */
  folder: string;
  seed: number;
  threads: number;
}

/** The rows of an epoch, grouped by cluster once the curriculum has clusters; clusters them first if due. */
export async function orderOf(
  epoch: number,
  { rows, curriculum, vectors, folder, seed, threads }: EpochOrderOptions,
  watch: Watch,
): Promise<Pick<Epoch, 'rows' | 'clusters'>> {
  const before = clusteredBefore(curriculum, epoch);
  if (before === undefined) return { rows };
  const count = countRows(rows);
  const members = join(folder, `${before}.npy`);
  const clusters = Math.ceil(count / clusterSize(curriculum, before));
  if (!isThere(members)) {
    makeFolder(folder);
    const request = { vectors, ids: rows, clusters, seed: seed + before, members };
    await pipeline([request], clusterAssign({ threads })).first(
      watched(watch, { stage: 'cluster texts', counting: 'cluster-assign', total: count }),
    );
  }
  return { rows: members, clusters };
}

/** Removes clusters that no epoch from `epoch` on uses. */
export function forgetOrders(epoch: number, { curriculum, folder }: EpochOrderOptions): void {
  const needed = clusteredBefore(curriculum, epoch);
  if (needed === undefined || !isThere(folder)) return;
  for (const name of readdirSync(folder))
    if (Number.parseInt(name) < needed) rmSync(join(folder, name), { recursive: true });
}
