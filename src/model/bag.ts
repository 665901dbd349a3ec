/** The bag-of-embeddings encoder (Astec's, as in DEXA's table of encoders): mean, linear, residual ReLU block. */
import * as tf from '@tensorflow/tfjs';
import type { Encoder, Tokens } from './encoder.js';

/** e = mean of token embeddings; h = eA + a; output h + ReLU(h)B + b. */
export function bag(dim: number): Encoder {
  return {
    dim,
    tables: ['embedding'],
    undecayed: ['linear.bias', 'residual.bias'],
    encode(parameters, { row, text, scale }: Tokens) {
      const parameter = (name: string) => parameters[name] as tf.Tensor2D;
      const texts = scale.shape[0];
      const sums = tf.unsortedSegmentSum(tf.gather(parameter('embedding'), row), text, texts + 1);
      const mean = tf.mul<tf.Tensor2D>(tf.slice(sums, [0, 0], [texts, dim]), scale);
      const hidden = tf.add<tf.Tensor2D>(
        tf.matMul(mean, parameter('linear.weight')),
        parameter('linear.bias'),
      );
      const residual = tf.matMul(tf.relu(hidden), parameter('residual.weight'));
      return tf.add<tf.Tensor2D>(tf.add(hidden, residual), parameter('residual.bias'));
    },
  };
}
