import * as tf from '@tensorflow/tfjs';
import { test } from 'tap';
import { normalise } from '../../../src/model/layers/normalise.js';
import { inBatchSoftmax, softmaxLoss } from '../../../src/model/losses/softmax.js';
import { agree } from '../../engine/agree.js';
import { floats } from '../../engine/given.js';

tf.enableProdMode(); // silences its advice to install a native binding

const isTarget = (size: number, i: number): boolean => i % (size + 1) === 0 || i % 5 === 1;

/** The positive of each text, and some of the other pairs. */
const targets = (size: number) =>
  tf.tensor2d(
    Array.from({ length: size * size }, (_x, i) => isTarget(size, i)),
    [size, size],
    'bool',
  );

test('the loss is that of the formula written out', async (t) => {
  await tf.setBackend('cpu');
  const [size, temperature] = [6, 0.1];
  const cosines = Array.from({ length: size * size }, (_x, i) => Math.sin(i * i));
  const at = (i: number, j: number) => Math.exp(cosines[i * size + j]! / temperature);
  let sum = 0;
  for (let i = 0; i < size; i++) {
    const others = [...Array(size).keys()].filter((j) => j !== i);
    const ofText = others.filter((j) => !isTarget(size, i * size + j)).map((j) => at(i, j));
    const ofLabel = others.filter((j) => !isTarget(size, j * size + i)).map((j) => at(j, i));
    for (const negatives of [ofText, ofLabel])
      sum -= Math.log(at(i, i) / negatives.reduce((total, x) => total + x, at(i, i)));
  }
  const loss = softmaxLoss(tf.tensor2d(cosines, [size, size]), targets(size), { temperature });
  t.ok(Math.abs(loss.arraySync() - sum / (2 * size)) < 1e-5);
});

test('equal cosines have a gradient that drives all pairs but the positives apart', async (t) => {
  await tf.setBackend('cpu');
  const size = 8;
  const only = tf.cast(tf.eye(size), 'bool');
  const slope = tf.grad((s) => softmaxLoss(s as tf.Tensor2D, only, { temperature: 0.05 }))(
    tf.fill([size, size], 0.98),
  );
  const slopes = slope.arraySync() as number[][];
  for (const [i, row] of slopes.entries())
    for (const [j, value] of row.entries()) t.ok(i === j ? value < -1 : value > 0.1);
});

for (const [what, size, temperature] of [
  ['of several pairs', 12, 0.05],
  ['at the lowest temperature', 12, 0.03],
  ['of one pair', 1, 0.05],
] as const)
  test(`the loss ${what}: fused and plain agree, gradients too`, async (t) => {
    await agree(t, {
      inputs: [floats(size, 4), floats(size, 4)],
      fn: (texts, labels) =>
        inBatchSoftmax(normalise(texts as tf.Tensor2D), normalise(labels as tf.Tensor2D), targets(size), {
          temperature,
        }),
      gradients: true,
    });
  });
