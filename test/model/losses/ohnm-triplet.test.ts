import * as tf from '@tensorflow/tfjs';
import { test } from 'tap';
import { normalise } from '../../../src/model/layers/normalise.js';
import { inBatchLoss, ohnmTriplet, type OhnmOptions } from '../../../src/model/losses/ohnm-triplet.js';
import { agree, type Case } from '../../engine/agree.js';
import { floats } from '../../engine/given.js';
import { arePublished } from './published.js';

tf.enableProdMode(); // silences its advice to install a native binding

arePublished({
  'ohnm k=10 margin=0.3 softmax tau=0.1': (s, y) =>
    ohnmTriplet(s, y, { negatives: 10, margin: 0.3, temperature: 0.1 }),
  'ohnm k=5 margin=0.3 plain': (s, y) => ohnmTriplet(s, y, { negatives: 5, margin: 0.3 }),
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

/** The positive of each text, and some of the other pairs. */
const targets = (size: number) =>
  tf.tensor2d(
    Array.from({ length: size * size }, (_x, i) => i % (size + 1) === 0 || i % 5 === 1),
    [size, size],
    'bool',
  );

const matrix = (x: tf.Tensor) => x as tf.Tensor2D;

const loss = (size: number, options: OhnmOptions): Case => ({
  inputs: [floats(size, 4), floats(size, 4)],
  fn: (texts, labels) =>
    inBatchLoss(normalise(matrix(texts)), normalise(matrix(labels)), targets(size), options),
  gradients: true,
});

const cases: Record<string, Case> = {
  'with weights over the violators': loss(12, { negatives: 5, margin: 0.3, temperature: 0.1 }),
  'without weights': loss(12, { negatives: 5, margin: 0.3 }),
  'with fewer true negatives than asked for': loss(4, { negatives: 4, margin: 0.3, temperature: 0.1 }),
  'of fewer pairs than negatives': loss(3, { negatives: 10, margin: 0.3, temperature: 0.1 }),
  'of one pair': loss(1, { negatives: 1, margin: 0.3, temperature: 0.1 }),
};

for (const [what, use] of Object.entries(cases))
  test(`the loss ${what}: fused and plain agree, gradients too`, async (t) => {
    await agree(t, use);
  });
