import * as tf from '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { ohnmMulti, ohnmTriplet } from '../../../src/model/losses/ohnm.js';

interface Case {
  name: string;
  similarity: number[][];
  target: number[][];
  loss: number;
  gradient: number[][];
}

tf.enableProdMode(); // silences its advice to install a native binding

/** Values of the DEXA authors' own loss functions on random similarities. */
const { cases } = JSON.parse(readFileSync('test/fixtures/losses.json', 'utf8')) as { cases: Case[] };

const losses: Record<string, (s: tf.Tensor2D, y: tf.Tensor2D) => tf.Scalar> = {
  'ohnm k=10 margin=0.3 softmax tau=0.1': (s, y) =>
    ohnmTriplet(s, y, { negatives: 10, margin: 0.3, temperature: 0.1 }),
  'ohnm k=5 margin=0.3 plain': (s, y) => ohnmTriplet(s, y, { negatives: 5, margin: 0.3 }),
  'ohnm-multi positives=3 negatives=5 margin=0.2': (s, y) =>
    ohnmMulti(s, y, { positives: 3, negatives: 5, margin: 0.2 }),
};

const largest = (a: ArrayLike<number>, b: number[]): number =>
  b.reduce((worst, x, i) => Math.max(worst, Math.abs(x - a[i]!)), 0);

for (const { name, similarity, target, loss, gradient } of cases)
  test(`${name} is the published loss`, async (t) => {
    await tf.setBackend('cpu');
    const s = tf.tensor2d(similarity);
    const y = tf.tensor2d(target, undefined, 'bool');
    const { value, grad } = tf.valueAndGrad((s) => losses[name]!(s as tf.Tensor2D, y))(s);
    t.ok(Math.abs(value.dataSync()[0]! - loss) < 1e-5, 'loss');
    t.ok(largest(grad.dataSync(), gradient.flat()) < 1e-5, 'gradient');
  });

test('a positive is never a negative, however few true negatives there are', async (t) => {
  await tf.setBackend('cpu');
  const similarity = tf.tensor2d([
    [0.1, 0.9, 0.2],
    [0.0, 0.5, 0.0],
    [0.0, 0.0, 0.5],
  ]);
  const target = tf.tensor2d([[1, 1, 0], [0, 1, 0], [0, 0, 1]], undefined, 'bool'); // prettier-ignore
  const options = { negatives: 2, margin: 0.3, temperature: 0.1 };
  const { value, grad } = tf.valueAndGrad((s) => ohnmTriplet(s as tf.Tensor2D, target, options))(similarity);
  t.equal(grad.dataSync()[1], 0, 'the other positive has no gradient');
  t.ok(Math.abs(value.dataSync()[0]! - 0.4 / 6) < 1e-6, 'one violator: 0.2 − 0.1 + 0.3, over 3 × 2 pairs');
});
