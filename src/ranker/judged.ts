/** Texts with known labels, and how well rankings of what was found for them are. */
import { RankingMetrics, type Metrics } from '../metrics/ranking.js';
import { listAt, listCount, type Lists } from '../formats/lists.js';
import { rankedAt } from '../search/found.js';
import { findingsOf, orderOf, type FoundBySource, type RankedSource } from './boosted-model.js';
import { candidatesOf } from './candidates.js';
import { examplesOf, joined, type Examples } from './examples.js';

/** A batch of texts: what each source found, and their true labels. */
export interface JudgedTexts {
  found: FoundBySource;
  labels: Lists;
}

/** What is known of labels, and the seed of random choices. */
export interface Known {
  /** Training texts of a label, without these texts. */
  frequency: (label: number) => number;
  /** 1 / p of a label. */
  inversePropensity: (label: number) => number;
  seed: number;
}

/** Labels that are taken of each source. */
export const CANDIDATES = 100;

/** Examples of all texts, in their order, by what some sources found. */
export const examplesFor = (
  judged: readonly JudgedTexts[],
  sources: readonly RankedSource[],
  { frequency, seed }: Known,
): Examples =>
  joined(
    judged.map(({ found, labels }, batch) => {
      const candidates = candidatesOf(findingsOf(sources, found), { frequency, most: CANDIDATES });
      return examplesOf(candidates, labels, { sources: sources.length, seed: seed + batch });
    }),
  );

/** The labels of each text, best first, and the true ones. */
export type Rankings = readonly { ranked: Int32Array; truth: Int32Array }[];

export function rankingsBy(
  judged: readonly JudgedTexts[],
  examples: Examples,
  { scores, sources }: { scores: Float64Array; sources: number },
): Rankings {
  return truthsOf(judged).map((truth, text) => {
    const order = orderOf(examples, scores, { text, sources });
    return { ranked: order.map((row) => examples.labels[row]!).subarray(0, CANDIDATES), truth };
  });
}

/** What one source found. */
export const rankingsOf = (judged: readonly JudgedTexts[], source: string): Rankings =>
  judged.flatMap(({ found, labels }) =>
    Array.from({ length: listCount(labels) }, (_x, text) => ({
      ranked: rankedAt(found[source]!, text),
      truth: listAt(labels, text),
    })),
  );

const truthsOf = (judged: readonly JudgedTexts[]): Int32Array[] =>
  judged.flatMap(({ labels }) => Array.from({ length: listCount(labels) }, (_x, i) => listAt(labels, i)));

export function metricsOf(rankings: Rankings, inversePropensity: (label: number) => number): Metrics {
  const metrics = new RankingMetrics({ inversePropensity });
  for (const { ranked, truth } of rankings) metrics.add(ranked, truth);
  return metrics.results();
}

/** nDCG@5 of each text. */
export const qualities = (rankings: Rankings): number[] =>
  rankings.map(({ ranked, truth }) => {
    const metrics = new RankingMetrics();
    metrics.add(ranked, truth);
    return metrics.results()['nDCG@5']!;
  });
