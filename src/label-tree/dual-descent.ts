/**
 * Linear classification by the squared hinge loss with L2 regularisation, solved in the dual by coordinate descent with shrinking
 * (Hsieh et al., ICML 2008): minimises ½‖w‖² + Σ C_i max(0, 1 − y_i w·x_i)², where w and x include a bias of 1.
 */
import type { LocalRows } from './local-rows.js';

export interface DescentOptions {
  /** Largest violation of optimality at which descent stops; default 0.1, as in LIBLINEAR. */
  tolerance: number;
  /** Maximum passes over the rows. */
  passes: number;
}

export interface LinearProblem {
  rows: LocalRows;
  /** C of each row. */
  costs: Float64Array;
}

/** The state of a descent; reused for the classifiers of one node. */
export interface Descent {
  /** Weight of each column, then the bias. */
  weights: Float64Array;
  alpha: Float64Array;
  signs: Int8Array;
  /** Rows that are visited; of those left out the optimum is believed known. */
  active: Int32Array;
}

export const newDescent = ({ rows: { features, squares } }: LinearProblem): Descent => ({
  weights: new Float64Array(features.length + 1),
  alpha: new Float64Array(squares.length),
  signs: new Int8Array(squares.length),
  active: new Int32Array(squares.length),
});

/**
 * Rows are visited in another random order in each pass: with one order it takes several times the passes. The result is in
 * `descent.weights`; returns the number of passes.
 */
export function descend(
  problem: LinearProblem,
  positives: ArrayLike<number>,
  { tolerance, passes }: DescentOptions,
  descent: Descent,
): number {
  const { alpha, signs, active } = descent;
  signs.fill(-1);
  for (let i = 0; i < positives.length; i++) signs[positives[i]!] = 1;
  start(problem, positives.length, descent);
  const count = alpha.length;
  for (let i = 0; i < count; i++) active[i] = i;
  let left = count;
  const shuffle = shuffler();
  for (let pass = 1; pass <= passes; pass++) {
    shuffle(active, left);
    const result = sweep(problem, descent, left, tolerance);
    if (result.worst < tolerance) {
      if (left === count) return pass;
      for (let i = 0; i < count; i++) active[i] = i;
      left = count;
    } else left = result.left;
  }
  return passes;
}

/** Shuffles the first items in place; always the same way, at a fraction of the time of `Random` (xorshift). */
function shuffler(): (items: Int32Array, count: number) => void {
  let state = 0x2545f491;
  return (items, count) => {
    for (let i = count - 1; i > 0; i--) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      const j = Math.floor(((state >>> 0) / 2 ** 32) * (i + 1));
      const item = items[i]!;
      items[i] = items[j]!;
      items[j] = item;
    }
  };
}

/** Starts where all negatives violate their margin by the same little, which makes the bias −1. */
function start({ rows }: LinearProblem, positives: number, { weights, alpha, signs }: Descent): void {
  const { offsets, columns, values } = rows;
  const each = 1 / (alpha.length - positives);
  weights.fill(0);
  for (let row = 0; row < alpha.length; row++) {
    alpha[row] = signs[row] === 1 ? 0 : each;
    if (signs[row] === 1) continue;
    for (let i = offsets[row]!; i < offsets[row + 1]!; i++) weights[columns[i]!]! -= each * values[i]!;
    weights[weights.length - 1]! -= each;
  }
}

/** One pass over the active rows; returns the largest violation and how many rows remain active. */
function sweep(
  { rows: { offsets, columns, values, squares }, costs }: LinearProblem,
  { weights, alpha, signs, active }: Descent,
  count: number,
  tolerance: number,
): { worst: number; left: number } {
  const bias = weights.length - 1;
  let [worst, left] = [0, 0];
  for (let at = 0; at < count; at++) {
    const row = active[at]!;
    const [begin, end] = [offsets[row]!, offsets[row + 1]!];
    let score = weights[bias]!;
    for (let i = begin; i < end; i++) score += weights[columns[i]!]! * values[i]!;
    const diagonal = 0.5 / costs[row]!;
    const sign = signs[row]!;
    const old = alpha[row]!;
    const gradient = sign * score - 1 + diagonal * old;
    if (old === 0 && gradient > tolerance) continue; // left out until the others are optimal
    active[left++] = row;
    const violation = old === 0 ? Math.max(0, -gradient) : Math.abs(gradient);
    if (violation > worst) worst = violation;
    const next = Math.max(old - gradient / (squares[row]! + 1 + diagonal), 0);
    const step = (next - old) * sign;
    if (step === 0) continue;
    alpha[row] = next;
    weights[bias]! += step;
    for (let i = begin; i < end; i++) weights[columns[i]!]! += step * values[i]!;
  }
  return { worst, left };
}
