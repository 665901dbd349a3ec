import * as tf from '@tensorflow/tfjs';
import { layerNormKernel } from '../../engine/kernels/fused.js';
import { fused } from './fused.js';

/** Layer normalisation (Ba et al. 2016) of the rows of `x`, `[n, dim]`; `scale` and `bias` `[dim]`. */
export const layerNorm = (x: tf.Tensor2D, scale: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor2D =>
  fused({
    kernel: layerNormKernel,
    inputs: { x, scale, bias },
    attributes: { epsilon },
    keep: ['x', 'scale'],
    differentiable: ['x', 'scale', 'bias'],
    plain: () => {
      const centred = tf.sub(x, tf.mean(x, 1, true));
      const variance = tf.mean(tf.square(centred), 1, true);
      const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)));
      return tf.add<tf.Tensor2D>(tf.mul(normal, scale), bias);
    },
  });
