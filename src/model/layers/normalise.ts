import * as tf from '@tensorflow/tfjs';
import { fused, hasKernel } from './fused.js';

/** Rows of `x` (`[n, dim]`) at unit length; a zero row stays zero. */
export function normalise(x: tf.Tensor2D): tf.Tensor2D {
  if (!hasKernel('Normalise')) return plainNormalise(x);
  return fused({
    kernel: 'Normalise',
    inputs: { x },
    gradient: 'NormaliseGrad',
    keep: [],
    differentiable: ['x'],
  }) as tf.Tensor2D;
}

export const plainNormalise = (x: tf.Tensor2D): tf.Tensor2D =>
  tf.mul(x, tf.rsqrt(tf.maximum(tf.sum(tf.square(x), 1, true), 1e-12)));
