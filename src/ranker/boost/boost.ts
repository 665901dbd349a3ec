/** Gradient boosting of trees: each lowers the loss that those before it have left. */
import { Random } from '../../random.js';
import type { Binned } from './bins.js';
import { addTree, type Node } from './forest.js';
import { growTree } from './grow.js';
import type { Derivatives } from './histogram.js';

export interface BoostOptions {
  rounds: number;
  /** Factor of each tree. */
  rate: number;
  leaves: number;
  l2: number;
  minHessian: number;
  /** Shares of the rows and of the features that each tree sees. */
  rowShare: number;
  featureShare: number;
  seed: number;
}

export interface Loss {
  /** Score of every row before the first tree. */
  start: number;
  /** Sets the derivatives by the scores of all rows. */
  derive: (scores: Float64Array, derivatives: Derivatives) => void;
}

export interface Boosted {
  /** Their values sum to the score of a row; the first is the constant `start`. */
  trees: Node[][];
  /** Scores of all rows of the data. */
  scores: Float64Array;
}

/** Fits trees to `rows`, ascending, of the data. */
export function boost(
  data: Binned,
  { loss, rows }: { loss: Loss; rows: Int32Array },
  { rounds, rate, seed, rowShare, featureShare, ...grow }: BoostOptions,
): Boosted {
  const scores = new Float64Array(data.rows).fill(loss.start);
  const derivatives = { gradients: new Float32Array(data.rows), hessians: new Float32Array(data.rows) };
  const trees: Node[][] = [[{ feature: -1, bin: 0, below: 0, above: 0, missing: 0, value: loss.start }]];
  const columns = Int32Array.from({ length: data.features }, (_x, i) => i);
  for (let round = 0; round < rounds; round++) {
    loss.derive(scores, derivatives);
    const random = Random.of(seed, 'boost', round);
    const some = someOf(rows, rowShare, random);
    const features = someOf(columns, featureShare, random);
    const tree = growTree(data, derivatives, some, { ...grow, features });
    for (const node of tree) node.value *= rate;
    addTree(tree, data, scores);
    trees.push(tree);
  }
  return { trees, scores };
}

/** A share of the values, rounded up, at random and in their order. */
function someOf(values: Int32Array, share: number, random: Random): Int32Array {
  const count = Math.ceil(values.length * share);
  const chosen = new Int32Array(count);
  for (let i = 0, taken = 0; taken < count; i++)
    if (random.next() * (values.length - i) < count - taken) chosen[taken++] = values[i]!;
  return chosen;
}

/** Log loss of the probability that a row belongs to the class; rows count by their weights. */
export function logLoss(target: Uint8Array, weights: Float32Array): Loss {
  let [positive, all] = [0.5, 1]; // a prior, so that one class alone has a finite score
  target.forEach((y, row) => {
    positive += y * weights[row]!;
    all += weights[row]!;
  });
  return {
    start: Math.log(positive / (all - positive)),
    derive: (scores, { gradients, hessians }) => {
      for (let row = 0; row < target.length; row++) {
        const p = 1 / (1 + Math.exp(-scores[row]!));
        gradients[row] = weights[row]! * (p - target[row]!);
        hessians[row] = weights[row]! * p * (1 - p);
      }
    },
  };
}
