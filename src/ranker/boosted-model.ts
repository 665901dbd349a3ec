/** Boosted trees over what several sources found: the score of a label is the probability that it is right. */
import { emptyFound, type Found } from '../search/found.js';
import { addForest } from './boost/evaluate-forest.js';
import type { Forest } from './boost/forest.js';
import { candidatesOf, reciprocalAt, type Candidates, type Finding } from './candidates.js';
import { probability, type Curve } from './calibrate.js';

/** A source, and how its scores are compared; see `Finding`. */
export interface RankedSource {
  name: string;
  byDifference: boolean;
}

export interface BoostedModel {
  /** In the order of their features. */
  sources: readonly RankedSource[];
  /** Labels that are taken of each source. */
  most: number;
  forest: Forest;
  curve: Curve;
}

/** What the sources found, by name. */
export type FoundBySource = Readonly<Record<string, Found>>;

export const findingsOf = (sources: readonly RankedSource[], found: FoundBySource): Finding[] =>
  sources.map(({ name, byDifference }) => ({ found: found[name]!, byDifference }));

/** Share of the trees that all candidates of a text pass, and how many pass the others. */
const SKETCH = 0.2;
const promising = (k: number): number => 4 * k + 20;

/**
 * The `k` most probable labels of each text, of those that the first trees find promising. Of equal probabilities those that
 * the sources ranked higher come first (sum of reciprocal ranks), then the lower id.
 */
export function rankBoosted(
  { sources, most, forest, curve }: BoostedModel,
  found: FoundBySource,
  { k, frequency }: { k: number; frequency: (label: number) => number },
): Found {
  const candidates = candidatesOf(findingsOf(sources, found), { frequency, most: Math.max(most, k) });
  const scores = new Float64Array(candidates.rows);
  const sketch = Math.ceil(SKETCH * forest.roots.length);
  addForest(forest, candidates, scores, { to: sketch });
  const rows = bestRows(candidates, scores, promising(k));
  addForest(forest, candidates, scores, { from: sketch, rows });
  const { offsets, labels } = candidates;
  const ranked = emptyFound(offsets.length - 1, k);
  for (let text = 0; text + 1 < offsets.length; text++)
    orderOf(candidates, scores, { text, sources: sources.length })
      .subarray(0, k)
      .forEach((row, rank) => {
        ranked.ids[text * k + rank] = labels[row]!;
        ranked.scores[text * k + rank] = probability(curve, scores[row]!);
      });
  return ranked;
}

/** The `count` rows of each text with the highest scores, and all equal to the last of these; the others' scores become −∞. */
function bestRows({ offsets, rows }: Candidates, scores: Float64Array, count: number): Int32Array {
  const kept = new Int32Array(rows);
  let size = 0;
  for (let text = 0; text + 1 < offsets.length; text++) {
    const [begin, end] = [offsets[text]!, offsets[text + 1]!];
    const least = scores.slice(begin, end).sort().at(-count) ?? -Infinity;
    for (let row = begin; row < end; row++)
      if (scores[row]! >= least) kept[size++] = row;
      else scores[row] = -Infinity;
  }
  return kept.subarray(0, size);
}

/** Rows of one text's candidates, best first. */
export function orderOf(
  { offsets, labels, values, features }: Omit<Candidates, 'rows'>,
  scores: Float64Array,
  { text, sources }: { text: number; sources: number },
): Int32Array {
  const begin = offsets[text]!;
  const at = reciprocalAt(sources);
  const rows = Int32Array.from({ length: offsets[text + 1]! - begin }, (_x, i) => begin + i);
  return rows.sort(
    (a, b) =>
      scores[b]! - scores[a]! ||
      values[b * features + at]! - values[a * features + at]! ||
      labels[a]! - labels[b]!,
  );
}
