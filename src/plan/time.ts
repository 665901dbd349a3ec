/** How long the stages of a run take, by short measurements. */
import { clustersAnew, clusterSize, curriculumFor } from '../sample/curriculum.js';
import { SAMPLE } from '../cluster/bisect.js';
import { LEVELS } from '../cluster/partition.js';

/** Seconds, as measured on this machine with its threads. */
export interface Costs {
  /** For so many rows of a stage that goes row by row, as `train` reports it. */
  secondsFor(stage: string, rows: number): number;
  split: SplitCosts;
  /** For a page that a step's batch needs and that is not in memory. */
  coldRead: number;
  /** Labels that a text was scored against. */
  labels: number;
}

/** Seconds for a row to go through splits, and what comes once. */
export interface SplitCosts {
  /** With the rows on disk: to be written apart, at the end of some levels, the first of which is in it; and each other level. */
  apart: number;
  onDisk: number;
  /** In memory, fitted to a sample of the rows, as those on disk are. */
  inMemory: number;
  /** Of so few rows that it is fitted to all. */
  small: number;
  /** To fit one to a sample. */
  fit: number;
  /** Until a clustering's threads have started and are warm. */
  start: number;
}

export type SplitKind = Exclude<keyof SplitCosts, 'fit' | 'start'>;

export interface WorkSize {
  labels: number;
  /** Training texts. */
  texts: number;
  /** Auxiliary vectors; 0 for none. */
  auxiliary: number;
  epochs: number;
  batch: number;
  /** Steps; at most those of the epochs. */
  steps: number;
  /** Pages of the stores that the steps' batches read from disk. */
  coldPages: number;
  /** Held-out texts to score. */
  heldOut: number;
  /** Rows of a part that is clustered in memory, at most. */
  rowsInMemory: number;
}

export interface StageTime {
  stage: string;
  /** What is counted: labels, or texts. */
  rows: number;
  seconds: number;
}

/** The stages of Module I and of its evaluation, in order, by the names under which they report. */
export function timesOf(size: WorkSize, costs: Costs): StageTime[] {
  const { labels, texts, auxiliary, batch, steps, heldOut } = size;
  const plain = (stage: string, rows: number): StageTime => ({
    stage,
    rows,
    seconds: costs.secondsFor(stage, rows),
  });
  const clustering = (stage: string, rows: number, clusters: number, times: number): StageTime => ({
    stage,
    rows: rows * times,
    seconds: times * splitting({ rows, clusters, inMemory: size.rowsInMemory }, costs.split),
  });
  const stages = [
    plain('count labels', texts),
    plain('tokenize labels', labels),
    plain('tokenize texts', texts),
    plain('embed labels', auxiliary > 0 ? 2 * labels : labels),
    clustering('cluster labels', labels, auxiliary, auxiliary > 0 ? 1 : 0),
    {
      stage: 'train',
      rows: steps * batch,
      seconds: costs.secondsFor('train', steps * batch) + size.coldPages * costs.coldRead,
    },
    ...reclusterings(size).map(({ clusters, times }) => clustering('cluster texts', texts, clusters, times)),
    plain('copy label texts', labels),
    {
      stage: 'evaluate',
      rows: heldOut,
      seconds: costs.secondsFor('evaluate', (heldOut * labels) / costs.labels),
    },
  ];
  return stages.filter(({ rows }) => rows > 0);
}

/** What is clustered: rows, into how many clusters, and how many rows of a part are in memory at most. */
export interface ToCluster {
  rows: number;
  clusters: number;
  inMemory: number;
}

/** Levels of the tree of splits by what they cost: see `SplitCosts`. */
export function levelsOf({ rows, clusters, inMemory }: ToCluster): Record<SplitKind, number> {
  const all = Math.log2(clusters);
  const to = (size: number): number => Math.min(all, Math.max(0, Math.log2(rows / size)));
  const disk = Math.min(all, Math.ceil(to(inMemory)));
  const sampled = Math.max(disk, to(SAMPLE));
  const apart = Math.ceil(disk / LEVELS);
  return { apart, onDisk: Math.max(0, disk - apart), inMemory: sampled - disk, small: all - sampled };
}

/** Seconds of a clustering, all rows going down the whole tree of splits. */
export function splitting(what: ToCluster, { fit, start, ...costs }: SplitCosts): number {
  const levels = levelsOf(what);
  const fitted = 2 ** (levels.apart + levels.onDisk + levels.inMemory) - 1;
  const kinds = Object.keys(levels) as SplitKind[];
  return kinds.reduce((sum, kind) => sum + what.rows * levels[kind] * costs[kind], start + fitted * fit);
}

/** How often the texts are clustered, and into how many clusters. */
function reclusterings({ texts, epochs, batch, steps }: WorkSize): { clusters: number; times: number }[] {
  const curriculum = curriculumFor(epochs);
  const begun = Math.min(epochs, Math.ceil(steps / Math.max(1, Math.floor(texts / batch))));
  const times = new Map<number, number>();
  for (let epoch = 0; epoch < begun; epoch++)
    if (clustersAnew(curriculum, epoch)) {
      const clusters = Math.ceil(texts / clusterSize(curriculum, epoch));
      times.set(clusters, (times.get(clusters) ?? 0) + 1);
    }
  return [...times].map(([clusters, count]) => ({ clusters, times: count }));
}
