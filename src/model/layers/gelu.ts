import * as tf from '@tensorflow/tfjs';
import { geluKernel } from '../../engine/kernels/fused.js';
import { fused } from './fused.js';

/** GELU (Hendrycks & Gimpel 2016), the exact one: xΦ(x). */
export const gelu = (x: tf.Tensor2D): tf.Tensor2D =>
  fused({
    kernel: geluKernel,
    inputs: { x },
    keep: ['x'],
    differentiable: ['x'],
    plain: () => tf.mul<tf.Tensor2D>(x, tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2))))),
  });
