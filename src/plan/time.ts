/** Predicts how long the parts of a system's stages take, from short measurements. */
import { SAMPLE } from '../cluster/bisect.js';
import { LEVELS } from '../cluster/partition.js';
import type { Clustering, Work } from '../stages/cost.js';
import { pagesRead } from './cold-reads.js';

/** Seconds, measured on this machine with the given threads. */
export interface Costs {
  /** For `rows` rows of a part that works row by row, by its name in progress. */
  secondsFor(part: string, rows: number): number;
  split: SplitCosts;
  /** For a page that a mini-batch reads from disk; 0 if all files fit in memory. */
  coldRead: number;
  /** Maximum rows that a clustering has in memory. */
  rowsInMemory: (clustering: Pick<Clustering, 'rows' | 'dim'>) => number;
}

/** Seconds per row and level of splits, and one-time costs. */
export interface SplitCosts {
  /** Rows on disk: `apart` is a level after which rows are rewritten into one file per node, `onDisk` any other level. */
  apart: number;
  onDisk: number;
  /** In memory, the direction fitted to a sample of the rows, as on disk. */
  inMemory: number;
  /** In memory, with so few rows that the direction is fitted to all. */
  small: number;
  /** Seconds to fit one split to a sample. */
  fit: number;
  /** Seconds until a clustering's threads have started and are warm. */
  start: number;
}

export type SplitKind = Exclude<keyof SplitCosts, 'fit' | 'start'>;

export interface PartTime {
  part: string;
  /** Number of labels or texts. */
  rows: number;
  seconds: number;
}

/** In the order of the work, without parts that have no rows. */
export const timesOf = (work: ReadonlyMap<string, Work>, costs: Costs): PartTime[] =>
  [...work]
    .filter(([, { rows }]) => rows > 0)
    .map(([part, own]) => ({ part, rows: own.rows, seconds: secondsOf(part, own, costs) }));

function secondsOf(part: string, { rows, clusterings = [], stores = [] }: Work, costs: Costs): number {
  if (clusterings.length === 0)
    return costs.secondsFor(part, rows) + costs.coldRead * pagesRead(stores, rows);
  return clusterings.reduce(
    (sum, { times, ...own }) =>
      sum + times * splitting({ ...own, inMemory: costs.rowsInMemory(own) }, costs.split),
    0,
  );
}

/** A clustering: rows, clusters, and the maximum rows of a part in memory. */
export interface ToCluster {
  rows: number;
  clusters: number;
  inMemory: number;
}

/** Levels of the tree of splits, by kind of cost: see `SplitCosts`. */
export function levelsOf({ rows, clusters, inMemory }: ToCluster): Record<SplitKind, number> {
  const all = Math.log2(clusters);
  const to = (size: number): number => Math.min(all, Math.max(0, Math.log2(rows / size)));
  const disk = Math.min(all, Math.ceil(to(inMemory)));
  const sampled = Math.max(disk, to(SAMPLE));
  const apart = Math.ceil(disk / LEVELS);
  return { apart, onDisk: Math.max(0, disk - apart), inMemory: sampled - disk, small: all - sampled };
}

/** Seconds of a clustering, in which all rows pass through all levels. */
export function splitting(what: ToCluster, { fit, start, ...costs }: SplitCosts): number {
  const levels = levelsOf(what);
  const fitted = 2 ** (levels.apart + levels.onDisk + levels.inMemory) - 1;
  const kinds = Object.keys(levels) as SplitKind[];
  return kinds.reduce((sum, kind) => sum + what.rows * levels[kind] * costs[kind], start + fitted * fit);
}
