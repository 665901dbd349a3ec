import * as tf from '@tensorflow/tfjs';
import { test } from 'tap';
import type { PairBatch } from '../../../src/sample/pairs.js';
import { pairInputs, pairLoss } from '../../../src/train/objectives/pairs.js';
import { Random } from '../../../src/random.js';

tf.enableProdMode(); // silences its advice to install a native binding

const LOSS = { kind: 'softmax', temperature: 0.1 } as const;

/** The cosine that the loss keeps, of random embeddings `[2 size, 4]`. */
async function keptCosine(size: number, target: Uint8Array) {
  await tf.setBackend('cpu');
  const random = new Random(3);
  const values = Float32Array.from({ length: 2 * size * 4 }, () => random.next() - 0.5);
  const { parts } = pairInputs({ rows: new Int32Array(size), target } as PairBatch);
  const inputs = Object.fromEntries(
    Object.entries(parts[0]!).map(([name, { shape, data }]) => [
      name,
      tf.tensor(data as Float32Array, [...shape], name === 'target' ? 'bool' : 'float32'),
    ]),
  );
  const { keep } = pairLoss(LOSS)({}, inputs, tf.tensor2d(values, [2 * size, 4]));
  const row = (i: number) => values.subarray(4 * i, 4 * i + 4);
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, d) => sum + x * b[d]!, 0);
  const cosine = (text: number, label: number) => {
    const [x, z] = [row(text), row(size + label)];
    return dot(x, z) / Math.sqrt(dot(x, x) * dot(z, z));
  };
  return { kept: keep!['cosine']!.arraySync() as number, cosine };
}

void test('the cosine is the mean over texts and the label half a batch away, without their own labels', async (t) => {
  const target = Uint8Array.from({ length: 36 }, (_x, i) => Number(i % 7 === 0 || i === 1 * 6 + 4));
  const { kept, cosine } = await keptCosine(6, target);
  const pairs = [[0, 3], [2, 5], [3, 0], [4, 1], [5, 2]] as const; // prettier-ignore
  const mean = pairs.reduce((sum, [text, label]) => sum + cosine(text, label) / pairs.length, 0);
  t.ok(Math.abs(kept - mean) < 1e-5);
});

void test('a batch of one text has no unrelated pair', async (t) => {
  t.equal((await keptCosine(1, Uint8Array.of(1))).kept, 0);
});
