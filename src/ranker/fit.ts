/** Fits fusions to texts with known labels and chooses the better one. */
import { RankingMetrics } from '../metrics/ranking.js';
import { rankedAt, type Found } from '../search/found.js';
import { listAt, type Lists } from '../formats/lists.js';
import {
  FEATURES,
  features,
  fuse,
  scoresOf,
  type Fusion,
  type InversePropensity,
  type TwoRankings,
} from './fuse.js';
import { fitTree } from './tree.js';

/** Texts, with their true labels and what both sources found. */
export interface Judged extends TwoRankings {
  labels: Lists;
}

/** As published. */
const DEPTH = 7;
const WEIGHTS = Array.from({ length: 21 }, (_x, i) => i / 20);

/** P@1 on texts that the fusions were not fitted to. */
export interface Comparison {
  encoder: number;
  classifier: number;
  tree: number;
  linear: number;
}

/**
 * Fits the tree and the weight to all texts. For the comparison they are fitted to every other batch and scored on the
 * rest, then the other way round; `best` is the better of the two.
 */
export function chooseFusion(
  judged: readonly Judged[],
  inversePropensity: InversePropensity,
): { best: Fusion; comparison: Comparison } {
  const halves = [0, 1].map((half) => judged.filter((_batch, i) => i % 2 === half));
  const fits = halves.map((half) => fitBoth(half, inversePropensity));
  const precision = (rank: (batch: Judged, half: number) => Found): number => {
    const metrics = new RankingMetrics();
    halves.forEach((half, i) => {
      for (const batch of half) addAll(metrics, rank(batch, i), batch.labels);
    });
    return metrics.results()['P@1']!;
  };
  const fused = (by: Fusion['by']) => (batch: Judged, half: number) =>
    fuse(fits[1 - half]![by], batch, { k: 1, inversePropensity });
  const comparison = {
    encoder: precision(({ encoder }) => encoder),
    classifier: precision(({ classifier }) => classifier),
    tree: precision(fused('tree')),
    linear: precision(fused('linear')),
  };
  const all = fitBoth(judged, inversePropensity);
  return { best: comparison.linear > comparison.tree ? all.linear : all.tree, comparison };
}

function fitBoth(
  judged: readonly Judged[],
  inversePropensity: InversePropensity,
): { tree: Fusion; linear: Fusion } {
  return {
    tree: { by: 'tree', tree: fitTree(examplesOf(judged, inversePropensity), { depth: DEPTH }) },
    linear: { by: 'linear', weight: bestWeight(judged, inversePropensity) },
  };
}

/** One example per label that the classifiers found. */
function examplesOf(judged: readonly Judged[], inversePropensity: InversePropensity) {
  const count = judged.reduce(
    (sum, { classifier }) => sum + classifier.ids.filter((id) => id >= 0).length,
    0,
  );
  const values = new Float32Array(count * FEATURES);
  const target = new Uint8Array(count);
  let next = 0;
  for (const { classifier, encoder, labels } of judged)
    for (let text = 0; text < classifier.ids.length / classifier.k; text++) {
      const truth = new Set(listAt(labels, text));
      const other = scoresOf(encoder, text);
      for (const [label, own] of scoresOf(classifier, text)) {
        values.set(features(own, other.get(label) ?? 0, inversePropensity(label)), next * FEATURES);
        target[next++] = Number(truth.has(label));
      }
    }
  return { values, features: FEATURES, target };
}

/** The weight with the highest P@1; of equal ones the first. */
function bestWeight(judged: readonly Judged[], inversePropensity: InversePropensity): number {
  const precisions = WEIGHTS.map((weight) => {
    const metrics = new RankingMetrics();
    for (const batch of judged)
      addAll(metrics, fuse({ by: 'linear', weight }, batch, { k: 1, inversePropensity }), batch.labels);
    return metrics.results()['P@1']!;
  });
  return WEIGHTS[precisions.indexOf(Math.max(...precisions))]!;
}

function addAll(metrics: RankingMetrics, found: Found, labels: Lists): void {
  for (let text = 0; text < found.ids.length / found.k; text++)
    metrics.add(rankedAt(found, text), listAt(labels, text));
}
