import { Random } from '../random.js';
import { Matrix } from '../store/npy.js';
import { bisect, scoreRows, type Vectors } from './bisect.js';

/** A part of the tree of splits: the ids that fall into `clusters` consecutive clusters from `first` on. */
export interface Subtree {
  ids: Int32Array;
  first: number;
  clusters: number;
}

/**
 * Splits a subtree in two. The sizes of all clusters below differ by at most one, for any number of clusters.
 * The random stream depends on the seed and the subtree alone, not on who splits it or when.
 */
export function split(vectors: Vectors, { ids, first, clusters }: Subtree, seed: number): [Subtree, Subtree] {
  const half = clusters >> 1;
  const base = Math.floor(ids.length / clusters);
  const left = half * base + Math.floor(((ids.length % clusters) * half) / clusters);
  bisect(vectors, ids, { left, random: Random.of(seed, 'bisect', first, clusters) });
  return [
    { ids: ids.subarray(0, left), first, clusters: half },
    { ids: ids.subarray(left), first: first + half, clusters: clusters - half },
  ];
}

/** Splits down to single clusters; `assign` is told each cluster once. */
export function splitAll(
  vectors: Vectors,
  subtree: Subtree,
  seed: number,
  assign: (cluster: number, ids: Int32Array) => void,
): void {
  const open = [subtree];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.clusters === 1) assign(next.first, next.ids);
    else open.push(...split(vectors, next, seed));
  }
}

/** Rows `[n, dim]` in memory, named by their position. */
export function inMemory(rows: Float32Array, dim: number): Vectors {
  return {
    dim,
    score: (ids, direction, out) => {
      scoreRows(rows, ids, direction, out);
    },
    gather: (ids) => {
      const out = new Float32Array(ids.length * dim);
      for (let i = 0; i < ids.length; i++)
        out.set(rows.subarray(ids[i]! * dim, (ids[i]! + 1) * dim), i * dim);
      return out;
    },
  };
}

const BLOCK = 4096;

/** Rows of a store, read in blocks as they are needed. */
export function onDisk(store: Matrix<'float32'>): Vectors {
  const block = new Float32Array(BLOCK * store.cols);
  const positions = Int32Array.from({ length: BLOCK }, (_x, i) => i);
  return {
    dim: store.cols,
    score: (ids, direction, out) => {
      for (let at = 0; at < ids.length; at += BLOCK) {
        const part = ids.subarray(at, at + BLOCK);
        store.gather(part, block);
        scoreRows(block, positions.subarray(0, part.length), direction, out.subarray(at, at + part.length));
      }
    },
    gather: (ids) => store.gather(ids),
  };
}
