/** Compares fused layers, forward and backward, with the equivalent plain functions. */
import * as tf from '@tensorflow/tfjs';
import { test } from 'tap';
import * as fusedLayers from '../../src/engine/kernels/fused.js';
import { trace } from '../../src/engine/trace.js';
import { attention, sameText } from '../../src/model/layers/attention.js';
import { gelu } from '../../src/model/layers/gelu.js';
import { layerNorm } from '../../src/model/layers/layer-norm.js';
import { linear } from '../../src/model/layers/linear.js';
import { normalise } from '../../src/model/layers/normalise.js';
import { agree, type Case } from '../engine/agree.js';
import { floats, type Given } from '../engine/given.js';

tf.enableProdMode();

const matrix = (x: tf.Tensor) => x as tf.Tensor2D;

/** Seven tokens of three texts and one of padding, in two sequences. */
const text = { dtype: 'int32', shape: [8], data: Int32Array.of(0, 0, 0, 1, 2, 2, 2, 3) } as const;

const attend = (dropout?: Given): Case => ({
  inputs: [floats(8, 6), floats(8, 6), floats(8, 6), ...(dropout ? [dropout] : [])],
  fn: (query, key, value, ...drops) => {
    const mask = sameText({ text: tf.tensor1d(text.data, 'int32'), width: 4 });
    return attention({
      query: matrix(query),
      key: matrix(key),
      value: matrix(value),
      mask,
      heads: 3,
      dropout: drops[0] && tf.cast(tf.greater(drops[0], 0.2), 'float32'),
    });
  },
  gradients: dropout === undefined,
});

const cases: Record<string, readonly Case[]> = {
  layerNorm: [
    {
      inputs: [floats(5, 8), floats(8), floats(8)],
      fn: (x, scale, bias) => layerNorm(matrix(x), scale, bias, 1e-12),
      gradients: true,
    },
  ],
  gelu: [
    { inputs: [floats(3, 7)], fn: (x) => gelu(matrix(x)), gradients: true },
    { inputs: [floats(3, 7)], fn: (x) => gelu(tf.mul(matrix(x), 5)), gradients: true },
  ],
  attention: [attend(), attend(floats(2, 3, 4, 4))],
  normalise: [
    { inputs: [floats(5, 8)], fn: (x) => normalise(matrix(x)), gradients: true },
    { inputs: [floats(2, 3)], fn: (x) => normalise(tf.mul(matrix(x), 0)), gradients: true },
  ],
};

test('every fused kernel has a case', async (t) => {
  const kernels = Object.keys(fusedLayers).filter((name) => name.endsWith('Kernel'));
  t.same(kernels.sort(), Object.keys(cases).map((name) => `${name}Kernel`).sort()); // prettier-ignore
});

for (const [layer, uses] of Object.entries(cases))
  test(`${layer}: fused and plain agree, gradients too`, async (t) => {
    for (const use of uses) await agree(t, use);
  });

test('a linear layer agrees, and is one node', async (t) => {
  const use: Case = {
    inputs: [floats(5, 3), floats(4, 3), floats(4)],
    fn: (x, weight, bias) => linear(matrix(x), weight, bias),
    gradients: true,
  };
  await agree(t, use);
  const signature = Object.fromEntries(
    use.inputs.map(({ dtype, shape }, i) => [`${i}`, { dtype, shape }] as const),
  );
  const { nodes } = trace(
    (given) => ({ y: linear(matrix(given['0']!), given['1']!, given['2']!) }),
    signature,
  ).finish();
  t.same(
    nodes.map(({ op }) => op),
    ['Gemm', 'Identity'],
  );
});

test('tokens do not attend to other texts of the sequence', async (t) => {
  const mask = sameText({ text: tf.tensor1d(text.data, 'int32'), width: 4 });
  const values = tf.tensor2d(
    Float32Array.from({ length: 8 * 2 }, (_x, i) => i),
    [8, 2],
  );
  const zeros = tf.zeros<tf.Rank.R2>([8, 2]);
  const seen = attention({ query: zeros, key: zeros, value: values, mask, heads: 1 });
  t.same(
    Array.from(seen.dataSync()).filter((_x, i) => i % 2 === 0),
    [2, 2, 2, 6, 10, 10, 10, 14],
    'with equal scores each token gets the mean of its own text',
  );
});
