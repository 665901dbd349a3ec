import { test } from 'tap';
import { descend, newDescent, type LinearProblem } from '../../src/label-tree/dual-descent.js';
import { localRows } from '../../src/label-tree/local-rows.js';
import { Random } from '../../src/random.js';

function randomProblem(rows: number, columns: number, seed: number): LinearProblem {
  const random = new Random(seed);
  const offsets = [0];
  const [places, values] = [[] as number[], [] as number[]];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (random.next() > 0.3) continue;
      places.push(column);
      values.push(random.next());
    }
    offsets.push(places.length);
  }
  const sparse = {
    offsets: Int32Array.from(offsets),
    columns: Int32Array.from(places),
    values: Float32Array.from(values),
  };
  const costs = Float64Array.from({ length: rows }, (_x, row) => (row % 3 === 0 ? 0.5 : 2));
  return { rows: localRows(sparse, new Int32Array(columns)), costs };
}

/** ½‖w‖² + Σ C max(0, 1 − y w·x)² and its gradient, written out. */
function primal({ rows, costs }: LinearProblem, positives: readonly number[], weights: ArrayLike<number>) {
  const bias = rows.features.length;
  const gradient = Array.from(weights);
  let value = gradient.reduce((sum, w) => sum + (w * w) / 2, 0);
  costs.forEach((cost, row) => {
    const sign = positives.includes(row) ? 1 : -1;
    const [begin, end] = [rows.offsets[row]!, rows.offsets[row + 1]!];
    let score = weights[bias]!;
    for (let i = begin; i < end; i++) score += weights[rows.columns[i]!]! * rows.values[i]!;
    const short = Math.max(0, 1 - sign * score);
    value += cost * short * short;
    gradient[bias]! -= 2 * cost * short * sign;
    for (let i = begin; i < end; i++)
      gradient[rows.columns[i]!]! -= 2 * cost * short * sign * rows.values[i]!;
  });
  return { value, gradient };
}

/** The plain way: gradient descent on the primal in double precision, until the gradient vanishes. */
function exact(problem: LinearProblem, positives: readonly number[]): number[] {
  const { rows, costs } = problem;
  const curvature = 1 + costs.reduce((sum, cost, row) => sum + 2 * cost * (rows.squares[row]! + 1), 0);
  let weights = new Array<number>(rows.features.length + 1).fill(0);
  for (let step = 0; step < 1_000_000; step++) {
    const { gradient } = primal(problem, positives, weights);
    if (Math.hypot(...gradient) < 1e-9) break;
    weights = weights.map((w, i) => w - gradient[i]! / curvature);
  }
  return weights;
}

void test('descent to a small tolerance finds the optimum of the primal', (t) => {
  for (const [seed, positives] of [
    [1, [0, 4, 7]],
    [2, [3]],
    [3, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ] as const) {
    const problem = randomProblem(20, 8, seed);
    const descent = newDescent(problem);
    descend(problem, positives, { tolerance: 1e-9, passes: 100_000 }, descent);
    const expected = exact(problem, positives);
    const off = Math.max(...expected.map((w, i) => Math.abs(w - descent.weights[i]!)));
    t.ok(off < 1e-6, `weights differ by ${off}`);
  }
  t.end();
});

void test('the usual tolerance comes close to the optimum', (t) => {
  const problem = randomProblem(60, 12, 4);
  const positives = [1, 5, 9, 30];
  const descent = newDescent(problem);
  const passes = descend(problem, positives, { tolerance: 0.1, passes: 1000 }, descent);
  t.ok(passes < 1000);
  const { value } = primal(problem, positives, descent.weights);
  const best = primal(problem, positives, exact(problem, positives)).value;
  t.ok(value < 1.01 * best, `${value} is within 1 % of ${best}`);
  t.end();
});

void test('a descent starts from the beginning and is the same each time, also where all rows are positive', (t) => {
  const problem = randomProblem(30, 6, 5);
  const descent = newDescent(problem);
  const options = { tolerance: 0.01, passes: 100 };
  descend(problem, [2, 3], options, descent);
  const first = descent.weights.slice();
  descend(
    problem,
    Array.from({ length: 30 }, (_x, i) => i),
    options,
    descent,
  );
  t.ok(descent.weights.every(Number.isFinite));
  descend(problem, [2, 3], options, descent);
  t.same(descent.weights, first);
  t.end();
});
