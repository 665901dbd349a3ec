import { test } from 'tap';
import { binned } from '../../../src/ranker/boost/bins.js';
import { boost, logLoss, type BoostOptions } from '../../../src/ranker/boost/boost.js';
import { Random } from '../../../src/random.js';

const OPTIONS: BoostOptions = {
  ...{ rounds: 60, rate: 0.1, leaves: 8, l2: 1, minHessian: 1 },
  ...{ rowShare: 0.7, featureShare: 0.7, seed: 3 },
};

/** Rows whose class is probable where x < 0.3 or y is missing. */
function examples(n: number, seed: number) {
  const random = new Random(seed);
  const values = new Float32Array(3 * n);
  const target = new Uint8Array(n);
  const probabilities = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    const own = [random.next(), random.next() < 0.3 ? NaN : random.next(), random.next()];
    values.set(own, 3 * row);
    probabilities[row] = own[0]! < 0.3 || Number.isNaN(own[1]) ? 0.8 : 0.1;
    target[row] = Number(random.next() < probabilities[row]!);
  }
  return { data: binned({ rows: n, features: 3, values }), target, probabilities };
}

const sigmoid = (score: number) => 1 / (1 + Math.exp(-score));

test('it learns probabilities, also of rows that it was not fitted to', (t) => {
  const { data, target, probabilities } = examples(6000, 1);
  const loss = logLoss(target, new Float32Array(6000).fill(1));
  const rows = Int32Array.from({ length: 4000 }, (_x, i) => i);
  const { scores } = boost(data, { loss, rows }, OPTIONS);
  const off = probabilities.map((p, row) => Math.abs(p - sigmoid(scores[row]!)));
  for (const part of [off.subarray(0, 4000), off.subarray(4000)])
    t.ok(part.reduce((sum, own) => sum + own, 0) / part.length < 0.05);
  t.end();
});

test('the same seed gives the same trees, another one others', (t) => {
  const { data, target } = examples(500, 2);
  const rows = Int32Array.from({ length: 500 }, (_x, i) => i);
  const fit = (seed: number) =>
    boost(data, { loss: logLoss(target, new Float32Array(500).fill(1)), rows }, { ...OPTIONS, seed }).trees;
  t.same(fit(1), fit(1));
  t.notSame(fit(1), fit(2));
  t.end();
});

test('weights count as copies; one class alone, or no row, has finite scores', (t) => {
  const { data } = examples(50, 3);
  const rows = Int32Array.from({ length: 50 }, (_x, i) => i);
  const quick = { ...OPTIONS, rounds: 3 };
  const twice = logLoss(new Uint8Array(50).fill(1), new Float32Array(50).fill(2));
  t.ok(boost(data, { loss: twice, rows }, quick).scores.every(Number.isFinite));
  t.ok(boost(data, { loss: twice, rows: new Int32Array() }, quick).scores.every(Number.isFinite));
  const loss = logLoss(Uint8Array.of(1, 0), Float32Array.of(3, 1));
  t.equal(loss.start, Math.log(3.5 / 1.5));
  t.end();
});
