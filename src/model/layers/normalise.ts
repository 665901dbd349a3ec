import * as tf from '@tensorflow/tfjs';
import { normaliseKernel } from '../../engine/kernels/fused.js';
import { fused } from './fused.js';

/** Rows of `x` (`[n, dim]`) at unit length; a zero row stays zero. */
export const normalise = (x: tf.Tensor2D): tf.Tensor2D =>
  fused({
    kernel: normaliseKernel,
    inputs: { x },
    differentiable: ['x'],
    plain: () => tf.mul<tf.Tensor2D>(x, tf.rsqrt(tf.maximum(tf.sum(tf.square(x), 1, true), 1e-12))),
  });
