import * as tf from '@tensorflow/tfjs';
import { fused, hasKernel } from './fused.js';

/** GELU (Hendrycks & Gimpel 2016), the exact one: xΦ(x). */
export function gelu(x: tf.Tensor2D): tf.Tensor2D {
  if (!hasKernel('Gelu')) return plainGelu(x);
  return fused({
    kernel: 'Gelu',
    inputs: { x },
    gradient: 'GeluGrad',
    keep: ['x'],
    differentiable: ['x'],
  }) as tf.Tensor2D;
}

export const plainGelu = (x: tf.Tensor2D): tf.Tensor2D =>
  tf.mul(x, tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2)))));
