import * as tf from '@tensorflow/tfjs';
import type { Case } from '../agree.js';
import { floats } from '../given.js';

const flags = [false, true];

/** [2, 3] · [3, 4] with either side given transposed. */
const transposes = flags.flatMap((a) => flags.map((b) => [a, b] as const));

export const linearAlgebraCases: Record<string, readonly Case[]> = {
  BatchMatMul: [
    ...transposes.flatMap(([a, b]): Case[] => [
      {
        inputs: [a ? floats(3, 2) : floats(2, 3), b ? floats(4, 3) : floats(3, 4)],
        fn: (x, y) => tf.matMul(x, y, a, b),
        gradients: true,
      },
      {
        inputs: [a ? floats(5, 3, 2) : floats(5, 2, 3), b ? floats(5, 4, 3) : floats(5, 3, 4)],
        fn: (x, y) => tf.matMul(x, y, a, b),
        gradients: true,
      },
    ]),
    {
      inputs: [floats(2, 4, 2, 3), floats(3, 2), floats(1, 2, 3), floats(5, 3, 2)],
      fn: (a, b, c, d) => [
        tf.matMul(a, b),
        tf.matMul(c, b),
        tf.matMul(b, c),
        tf.matMul(c, d),
        tf.matMul(b, a),
      ],
    },
    {
      inputs: [floats(0, 3), floats(3, 2), floats(2, 0)],
      fn: (none, b, inner) => [
        tf.matMul(none, b),
        tf.matMul(b, inner),
        tf.matMul(inner, tf.transpose(inner)), // empty sums
      ],
    },
    { inputs: [floats(3)], fn: (x) => tf.matMul(tf.mul(tf.ones([2, 3]), x), tf.ones([3, 2])) },
  ],
  _FusedMatMul: [
    ...(['linear', 'relu', 'sigmoid', 'elu'] as const).map((activation): Case => ({
      inputs: [floats(2, 3), floats(3, 4), floats(4)],
      fn: (a, b, bias) => tf.fused.matMul({ a, b, bias, activation }),
    })),
    {
      inputs: [floats(3, 2), floats(3, 4)],
      fn: (a, b) => [
        tf.fused.matMul({ a, b, transposeA: true }),
        tf.fused.matMul({ a, b: tf.transpose(b), transposeA: true, transposeB: true, activation: 'relu' }),
      ],
    },
  ],
};
