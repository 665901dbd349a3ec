/** The bag-of-embeddings encoder (Astec's, as in DEXA's table of encoders): mean, linear, residual ReLU block. */
import * as tf from '@tensorflow/tfjs';
import type { Encoder } from './encoder.js';
import { meanOfTokens } from './pooling.js';

/** e = mean of token embeddings; h = eA + a; output h + ReLU(h)B + b. */
export function bag(dim: number): Encoder {
  return {
    dim,
    tables: { embedding: dim },
    dense: {
      'linear.weight': [dim, dim],
      'linear.bias': [dim],
      'residual.weight': [dim, dim],
      'residual.bias': [dim],
    },
    attends: false,
    kept: 3 * dim,
    decays: (name) => !name.endsWith('.bias'),
    dropouts: () => [],
    encode(parameters, tokens) {
      const parameter = (name: string) => parameters[name] as tf.Tensor2D;
      const mean = meanOfTokens(tf.gather(parameter('embedding'), tokens.row), tokens);
      const hidden = tf.add<tf.Tensor2D>(
        tf.matMul(mean, parameter('linear.weight')),
        parameter('linear.bias'),
      );
      const residual = tf.matMul(tf.relu(hidden), parameter('residual.weight'));
      return tf.add<tf.Tensor2D>(tf.add(hidden, residual), parameter('residual.bias'));
    },
  };
}
