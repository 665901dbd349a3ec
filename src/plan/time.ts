/** How long the stages of a run take, by short measurements. */
import { clustersAnew, clusterSize, curriculumFor } from '../mining/curriculum.js';
import { SAMPLE } from '../cluster/bisect.js';

/** Seconds, as measured on this machine with its threads. */
export interface Costs {
  /** For a row of a stage that goes row by row, as `train` reports it. */
  secondsFor(stage: string): number;
  /** For a row to go through a split of few rows, which is fitted to all of them. */
  fineSplit: number;
  /** For a row to go through a split of many, and to fit such a split to its sample. */
  coarseSplit: number;
  fit: number;
  /** To score one label for one text. */
  score: number;
}

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
  /** Held-out texts to score. */
  heldOut: number;
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
    seconds: rows * costs.secondsFor(stage),
  });
  const clustering = (stage: string, rows: number, clusters: number, times: number): StageTime => ({
    stage,
    rows: rows * times,
    seconds: times * splitting(rows, clusters, costs),
  });
  const stages = [
    plain('count labels', texts),
    plain('tokenize labels', labels),
    plain('tokenize texts', texts),
    plain('embed labels', auxiliary > 0 ? 2 * labels : labels),
    clustering('cluster labels', labels, auxiliary, auxiliary > 0 ? 1 : 0),
    plain('train', steps * batch),
    ...reclusterings(size).map(({ clusters, times }) => clustering('cluster texts', texts, clusters, times)),
    plain('copy label texts', labels),
    { stage: 'evaluate', rows: heldOut, seconds: heldOut * labels * costs.score },
  ];
  return stages.filter(({ rows }) => rows > 0);
}

/** Levels of splits that are fitted to a sample, and of those that are fitted to all of their rows. */
export function levelsOf(rows: number, clusters: number): { coarse: number; fine: number } {
  const levels = Math.log2(clusters);
  const coarse = Math.min(levels, Math.max(0, Math.log2(rows / SAMPLE)));
  return { coarse, fine: levels - coarse };
}

/** Seconds for all rows to go down the whole tree of splits. */
function splitting(rows: number, clusters: number, { fineSplit, coarseSplit, fit }: Costs): number {
  const { coarse, fine } = levelsOf(rows, clusters);
  return rows * (coarse * coarseSplit + fine * fineSplit) + 2 ** coarse * fit;
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
