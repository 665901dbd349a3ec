/** Leaves out sources that make the ranking worse. */
import type { Metrics } from '../metrics/ranking.js';
import { listCount } from '../formats/lists.js';
import type { RankedSource } from './boosted-model.js';
import { crossFit, QUICK } from './cross-fit.js';
import {
  examplesFor,
  metricsOf,
  qualities,
  rankingsBy,
  type JudgedTexts,
  type Known,
  type Rankings,
} from './judged.js';

/** Texts by which sources are compared. */
const COMPARED = 1500;
/** Standard errors by which a ranking must be better to be called so. */
const SURE = 2;

export interface ChosenSources {
  sources: readonly RankedSource[];
  /** Names of those left out. */
  leftOut: string[];
  /** Metrics without each source, on texts that the trees were not fitted to. */
  without: Record<string, Metrics>;
}

/**
 * Compares the ranking by all sources with those without each, on texts that the trees were not fitted to. As long as one
 * is better beyond chance (nDCG@5, text by text), its source is left out.
 */
export function chooseSources(
  judged: readonly JudgedTexts[],
  sources: readonly RankedSource[],
  known: Known,
): ChosenSources {
  const some = someOf(judged);
  const rank = (sources: readonly RankedSource[]): Rankings => {
    const examples = examplesFor(some, sources, known);
    const { scores } = crossFit(examples, { ...QUICK, seed: known.seed });
    return rankingsBy(some, examples, { scores, sources: sources.length });
  };
  const chosen: ChosenSources = { sources, leftOut: [], without: {} };
  let all = rank(sources);
  while (chosen.sources.length > 1) {
    const others = chosen.sources.map((source) => {
      const left = chosen.sources.filter((other) => other !== source);
      const rankings = rank(left);
      return { source, left, rankings, lead: leadOf(rankings, all) };
    });
    for (const { source, rankings } of others)
      chosen.without[source.name] ??= metricsOf(rankings, known.inversePropensity);
    const best = others.reduce((a, b) => (b.lead > a.lead ? b : a));
    if (best.lead < SURE) break;
    chosen.leftOut.push(best.source.name);
    chosen.sources = best.left;
    all = best.rankings;
  }
  return chosen;
}

/** Batches at equal distances, with about `COMPARED` texts. */
function someOf(judged: readonly JudgedTexts[]): readonly JudgedTexts[] {
  const texts = judged.reduce((sum, { labels }) => sum + listCount(labels), 0);
  const step = Math.max(1, texts / COMPARED);
  const count = Math.ceil(judged.length / step);
  return Array.from({ length: count }, (_x, i) => judged[Math.floor(i * step)]!);
}

/** By how many standard errors the mean nDCG@5 is higher. */
function leadOf(rankings: Rankings, others: Rankings): number {
  const before = qualities(others);
  const gains = qualities(rankings).map((own, text) => own - before[text]!);
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / Math.max(1, gains.length - 1);
  return variance > 0 ? mean / Math.sqrt(variance / gains.length) : 0;
}
