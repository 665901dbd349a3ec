/** Fits boosted trees to halves of the texts, and scores every example by trees that were fitted to other texts. */
import { binned } from './boost/bins.js';
import { boost, logLoss, type BoostOptions } from './boost/boost.js';
import { forestOf, type Forest, type Node } from './boost/forest.js';
import type { Examples } from './examples.js';

/** Chosen on splits of the training texts of several sets, with few texts to fit to: shallow trees, strong penalties. */
const TREES = { rate: 0.12, leaves: 16, l2: 30, minHessian: 5, rowShare: 0.5, featureShare: 0.4 };
const ROUNDS = 75;

/** To compare choices of sources: quicker, and as good a judge. */
export const QUICK = { rounds: 50, rate: 0.15 };

export interface FitOptions extends Partial<Pick<BoostOptions, 'rounds' | 'rate'>> {
  seed: number;
  /** How much a right label counts; default 1. */
  weightOf?: (label: number) => number;
}

export interface CrossFit {
  /** The mean of two forests, one fitted to the even texts, one to the odd ones. */
  forest: Forest;
  /** Scores of all examples by the forest that was not fitted to their text. */
  scores: Float64Array;
}

/** The mean ranks as well as one forest fitted to all texts, and its probabilities are nearer to the truth on other texts. */
export function crossFit(examples: Examples, options: FitOptions): CrossFit {
  const data = binned(examples);
  const scores = new Float64Array(examples.rows);
  const halves = [0, 1].map((half) => {
    const rows = rowsOf(examples, half);
    const fitted = boost(data, { loss: lossOf(examples, options), rows }, settings(options));
    for (const row of rowsOf(examples, 1 - half)) scores[row] = fitted.scores[row]!;
    return fitted.trees;
  });
  const [even, odd] = halves as [Node[][], Node[][]];
  const trees = even.flatMap((tree, i) => [tree, odd[i]!]); // the first ones of both say most
  for (const node of trees.flat()) node.value /= halves.length;
  return { forest: forestOf(trees, data.edges), scores };
}

function settings({ seed, rounds = ROUNDS, rate = TREES.rate }: FitOptions): BoostOptions {
  return { ...TREES, rounds, rate, seed };
}

function lossOf({ labels, target, weights }: Examples, { weightOf }: FitOptions) {
  if (!weightOf) return logLoss(target, weights);
  return logLoss(
    target,
    weights.map((weight, row) => (target[row] ? weight * weightOf(labels[row]!) : weight)),
  );
}

/** Rows of the even (0) or of the odd (1) texts. */
function rowsOf({ offsets, rows }: Examples, half: number): Int32Array {
  const own = new Int32Array(rows);
  let count = 0;
  for (let text = half; text + 1 < offsets.length; text += 2)
    for (let row = offsets[text]!; row < offsets[text + 1]!; row++) own[count++] = row;
  return own.slice(0, count);
}
