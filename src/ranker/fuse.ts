/** Merges the labels found by the classifiers and by the label embeddings into one ranking (NGAME, score fusion). */
import { emptyFound, rankedAt, type Found } from '../search/found.js';
import { shareAt, type Tree } from './tree.js';

/** Labels found for the same texts, by classifiers and by label embeddings. */
export interface TwoRankings {
  classifier: Found;
  encoder: Found;
}

/** How two scores are combined: by a tree, as published, or by a weighted mean. */
export type Fusion =
  { by: 'tree'; tree: Tree } | { by: 'linear'; /** Of the embedding score, 0 … 1. */ weight: number };

export type InversePropensity = (label: number) => number;

/** Inputs of the tree for a label that the classifiers found. */
export const FEATURES = 3;
export const features = (classifier: number, encoder: number, inversePropensity: number): number[] => [
  classifier,
  encoder,
  inversePropensity,
];

/**
 * Tree: p(classifier score, embedding score, inverse propensity) + embedding score + classifier score, where only
 * labels of the classifiers have p, and a score that was not found counts 0. Linear: weight × embedding score +
 * (1 − weight) × classifier score, where a score that was not found counts as the lowest found, its upper bound. The
 * `k` best, of equal scores the lower id first.
 */
export function fuse(
  fusion: Fusion,
  { classifier, encoder }: TwoRankings,
  { k, inversePropensity }: { k: number; inversePropensity: InversePropensity },
): Found {
  const texts = classifier.ids.length / classifier.k;
  const found = emptyFound(texts, k);
  for (let text = 0; text < texts; text++) {
    const byEncoder = scoresOf(encoder, text);
    const byClassifier = scoresOf(classifier, text);
    const labels = [...new Set([...byClassifier.keys(), ...byEncoder.keys()])];
    const least = { classifier: lowest(byClassifier), encoder: lowest(byEncoder) };
    const scoreOf = (label: number): number => {
      const [own, other] = [byClassifier.get(label), byEncoder.get(label)];
      if (fusion.by === 'linear')
        return fusion.weight * (other ?? least.encoder) + (1 - fusion.weight) * (own ?? least.classifier);
      if (own === undefined) return other!;
      const seen = features(own, other ?? 0, inversePropensity(label));
      return shareAt(fusion.tree, seen) + (other ?? 0) + own;
    };
    const scores = new Map(labels.map((label) => [label, scoreOf(label)] as const));
    labels
      .sort((a, b) => scores.get(b)! - scores.get(a)! || a - b)
      .slice(0, k)
      .forEach((label, rank) => {
        found.ids[text * k + rank] = label;
        found.scores[text * k + rank] = scores.get(label)!;
      });
  }
  return found;
}

const lowest = (scores: Map<number, number>): number => [...scores.values()].at(-1) ?? 0; // best first

/** Scores of the labels found for one text. */
export function scoresOf(found: Found, text: number): Map<number, number> {
  const labels = rankedAt(found, text);
  const { scores, k } = found;
  return new Map(Array.from(labels, (label, rank) => [label, scores[text * k + rank]!] as const));
}
