/** Fits boosted trees to texts that no source was trained on. */
import { Calibration } from '../metrics/calibration.js';
import type { Metrics } from '../metrics/ranking.js';
import { orderOf, type BoostedModel, type RankedSource } from './boosted-model.js';
import { chooseSources } from './choose-sources.js';
import { crossFit, type FitOptions } from './cross-fit.js';
import type { Examples } from './examples.js';
import {
  CANDIDATES,
  examplesFor,
  metricsOf,
  rankingsBy,
  rankingsOf,
  type JudgedTexts,
  type Known,
} from './judged.js';
import { fitCurve, probability, type Curve } from './calibrate.js';

/** A right label counts by its inverse propensity to this power: rare labels gain more than frequent ones lose. */
const TAIL = 0.4;

/** On texts that the sources and the trees were not fitted to. */
export interface BoostedComparison {
  /** Each source alone. */
  sources: Readonly<Record<string, Metrics>>;
  /** The ranking without each source, by fewer trees and texts. */
  without: Readonly<Record<string, Metrics>>;
  fused: Metrics;
  /** Names of the sources that are left out because the ranking is better without them. */
  leftOut: readonly string[];
  /** Expected calibration error of the five best labels of each text. */
  calibrationError: number;
}

/** `judged` has at least one text. Memory: some 10 KB per text. */
export function fitBoosted(
  judged: readonly JudgedTexts[],
  all: readonly RankedSource[],
  known: Known,
): { model: BoostedModel; comparison: BoostedComparison } {
  const { sources, leftOut, without } = chooseSources(judged, all, known);
  const { inversePropensity, seed } = known;
  const options: FitOptions = { seed, weightOf: (label) => inversePropensity(label) ** TAIL };
  const examples = examplesFor(judged, sources, known);
  const { forest, scores } = crossFit(examples, options);
  const curve = fitCurve(scores, examples.target, examples.weights);
  const rankings = rankingsBy(judged, examples, { scores, sources: sources.length });
  const alone = all.map(
    ({ name }) => [name, metricsOf(rankingsOf(judged, name), inversePropensity)] as const,
  );
  return {
    model: { sources, most: CANDIDATES, forest, curve },
    comparison: {
      sources: Object.fromEntries(alone),
      without,
      fused: metricsOf(rankings, inversePropensity),
      leftOut,
      calibrationError: calibrationError(examples, { scores, curve, sources: sources.length }),
    },
  };
}

/** Of the five best labels of each text. */
function calibrationError(
  examples: Examples,
  { scores, curve, sources }: { scores: Float64Array; curve: Curve; sources: number },
): number {
  const calibration = new Calibration();
  for (let text = 0; text + 1 < examples.offsets.length; text++)
    for (const row of orderOf(examples, scores, { text, sources }).subarray(0, 5))
      calibration.add(probability(curve, scores[row]!), examples.target[row] === 1);
  return calibration.results().error;
}
