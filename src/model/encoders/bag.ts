/** The bag-of-embeddings encoder (Astec's, as in DEXA's table of encoders): mean, linear, residual ReLU block. */
import * as tf from '@tensorflow/tfjs';
import type { Encoder } from './encoder.js';
import { bagShapes } from './identity-bag.js';
import { affine } from '../layers/linear.js';
import { meanOfTokens } from '../layers/pooling.js';

/** e = mean of token embeddings; h = eA + a; output h + ReLU(h)B + b. */
export function bag(dim: number): Encoder {
  return {
    dim,
    tables: { embedding: dim },
    dense: bagShapes(dim),
    attends: false,
    pools: true,
    kept: 3 * dim,
    decays: (name) => !name.endsWith('.bias'),
    dropouts: () => [],
    encode(parameters, tokens) {
      const parameter = (name: string) => parameters[name] as tf.Tensor2D;
      const dense = (x: tf.Tensor2D, name: string) =>
        affine(x, parameter(`${name}.weight`), parameter(`${name}.bias`));
      const mean = meanOfTokens(tf.gather(parameter('embedding'), tokens.row), tokens);
      const hidden = dense(mean, 'linear');
      return tf.add(hidden, dense(tf.relu(hidden), 'residual'));
    },
  };
}
