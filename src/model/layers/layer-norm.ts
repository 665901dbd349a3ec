import * as tf from '@tensorflow/tfjs';
import { fused, hasKernel } from './fused.js';

/** Layer normalisation (Ba et al. 2016) of the rows of `x`, `[n, dim]`; `scale` and `bias` `[dim]`. */
export function layerNorm(x: tf.Tensor2D, scale: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor2D {
  if (!hasKernel('LayerNorm')) return plainLayerNorm(x, scale, bias, epsilon);
  return fused({
    kernel: 'LayerNorm',
    inputs: { x, scale, bias },
    attributes: { epsilon },
    gradient: 'LayerNormGrad',
    keep: ['x', 'scale'],
    differentiable: ['x', 'scale', 'bias'],
  }) as tf.Tensor2D;
}

export function plainLayerNorm(
  x: tf.Tensor2D,
  scale: tf.Tensor,
  bias: tf.Tensor,
  epsilon: number,
): tf.Tensor2D {
  const centred = tf.sub(x, tf.mean(x, 1, true));
  const variance = tf.mean(tf.square(centred), 1, true);
  const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)));
  return tf.add(tf.mul(normal, scale), bias);
}
