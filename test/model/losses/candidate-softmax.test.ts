import * as tf from '@tensorflow/tfjs';
import { test } from 'tap';
import { candidateSoftmax } from '../../../src/model/losses/candidate-softmax.js';
import { normalise } from '../../../src/model/layers/normalise.js';
import { agree } from '../../engine/agree.js';
import { floats } from '../../engine/given.js';

tf.enableProdMode(); // silences its advice to install a native binding

const [DIM, TEMPERATURE] = [4, 0.1];

/** The first text has no label, the others up to three. */
const isLabel = (text: number, column: number, count: number): boolean =>
  text > 0 && column < count && (column * 7 + text) % count < 3;

function given(texts: number, count: number, padding: number) {
  const width = count + padding;
  const targets = Array.from({ length: texts * width }, (_x, i) =>
    isLabel(Math.floor(i / width), i % width, count),
  );
  const { data } = floats(texts, DIM); // every call returns other numbers
  const offset = [...Array<number>(count).fill(0), ...Array<number>(padding).fill(-10)];
  return {
    embeddings: () => normalise(tf.tensor2d(data, [texts, DIM])),
    candidates: () => ({
      target: tf.tensor2d(targets, [texts, width], 'bool'),
      offset: tf.tensor2d(offset, [1, width]),
    }),
  };
}

test('the loss is that of the formula written out', async (t) => {
  await tf.setBackend('cpu');
  const [texts, count] = [7, 20];
  const { embeddings, candidates } = given(texts, count, 3);
  const classifiers = normalise(tf.tensor2d(floats(count + 3, DIM).data, [count + 3, DIM]));
  const cosines = tf.matMul(embeddings(), classifiers, false, true).arraySync() as number[][];
  let sum = 0;
  cosines.forEach((row, text) => {
    const own = row
      .slice(0, count)
      .map((cosine, column) => ({ cosine, right: isLabel(text, column, count) }));
    const negatives = own.filter(({ right }) => !right);
    const positives = own.filter(({ right }) => right);
    for (const { cosine } of positives) {
      const others = negatives.reduce((total, n) => total + Math.exp((n.cosine - cosine) / TEMPERATURE), 0);
      sum += Math.log(1 + others) / positives.length;
    }
  });
  const loss = candidateSoftmax(embeddings(), classifiers, candidates(), { temperature: TEMPERATURE });
  t.ok(Math.abs(loss.arraySync() - sum / texts) < 1e-5);
});

for (const [what, texts, count, padding] of [
  ['without padding', 7, 20, 0],
  ['with padding', 7, 20, 4],
  ['of two texts', 2, 3, 0],
] as const)
  test(`the loss ${what}: compiled and plain agree, gradients too`, async (t) => {
    const { embeddings, candidates } = given(texts, count, padding);
    await agree(t, {
      inputs: [floats(count + padding, DIM)],
      fn: (classifiers) =>
        candidateSoftmax(embeddings(), normalise(classifiers as tf.Tensor2D), candidates(), {
          temperature: TEMPERATURE,
        }),
      gradients: true,
    });
  });

test('a text whose candidates are all its labels costs nothing and has a finite gradient', async (t) => {
  await tf.setBackend('cpu');
  const only = { target: tf.tensor2d([true, true], [1, 2], 'bool'), offset: tf.zeros<tf.Rank.R2>([1, 2]) };
  const text = normalise(tf.tensor2d([[1, 0.2]]));
  const cost = (classifiers: tf.Tensor): tf.Scalar =>
    candidateSoftmax(text, classifiers as tf.Tensor2D, only, { temperature: 0.05 });
  const classifiers = normalise(tf.tensor2d([0.6, 0.8, 1, 0], [2, 2]));
  t.ok(Math.abs(cost(classifiers).arraySync()) < 1e-6);
  const gradient = tf.grad(cost)(classifiers);
  t.ok(gradient.dataSync().every((x) => Math.abs(x) < 1e-6));
});
