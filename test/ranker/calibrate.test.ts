import { test } from 'tap';
import { Calibration } from '../../src/metrics/calibration.js';
import { fitCurve, probability } from '../../src/ranker/calibrate.js';
import { Random } from '../../src/random.js';

/** Scores whose true probability is a distorted one: too sure on one side, not sure enough on the other. */
function distorted(n: number, seed: number) {
  const random = new Random(seed);
  const scores = Float64Array.from({ length: n }, () => 8 * (random.next() - 0.6));
  const truth = (score: number) => 1 / (1 + Math.exp(-(score > 0 ? 1.6 : 0.6) * score + 0.5));
  const target = Uint8Array.from(scores, (score) => Number(random.next() < truth(score)));
  return { scores, target };
}

test('distorted scores become probabilities, on examples that the curve was not fitted to', (t) => {
  const [fitted, other] = [distorted(20_000, 1), distorted(20_000, 2)];
  const curve = fitCurve(fitted.scores, fitted.target, new Float32Array(20_000).fill(1));
  const error = (by: (score: number) => number) => {
    const calibration = new Calibration();
    other.scores.forEach((score, i) => {
      calibration.add(by(score), other.target[i] === 1);
    });
    return calibration.results().error;
  };
  const [raw, own] = [error((s) => 1 / (1 + Math.exp(-s))), error((s) => probability(curve, s))];
  t.ok(own < 0.02 && raw > 0.03, `${raw} → ${own}`);
  t.end();
});

test('a sampled example that counts for several gives the curve of all', (t) => {
  const { scores, target } = distorted(40_000, 3);
  const all = fitCurve(scores, target, new Float32Array(40_000).fill(1));
  const kept = [...scores.keys()].filter((i) => target[i] || i % 4 === 0);
  const some = fitCurve(
    Float64Array.from(kept, (i) => scores[i]!),
    Uint8Array.from(kept, (i) => target[i]!),
    Float32Array.from(kept, (i) => (target[i] ? 1 : 4)),
  );
  for (const score of [-3, -1, 0, 1, 3])
    t.ok(Math.abs(probability(all, score) - probability(some, score)) < 0.02);
  t.end();
});

test('the order is kept, whatever the examples; without any the scores are log odds', (t) => {
  const none = fitCurve(new Float64Array(), new Uint8Array(), new Float32Array());
  t.ok(Math.abs(probability(none, 1) - 1 / (1 + Math.exp(-1))) < 1e-12);
  const inverse = fitCurve(
    Float64Array.of(-2, -1, 1, 2),
    Uint8Array.of(1, 1, 0, 0),
    new Float32Array(4).fill(9),
  );
  t.ok(probability(inverse, -1) < probability(inverse, 1));
  const right = fitCurve(Float64Array.of(5, 6), Uint8Array.of(1, 1), new Float32Array(2).fill(1));
  t.ok(Number.isFinite(probability(right, 100)) && probability(right, -1e6) >= 0);
  t.end();
});
