import * as tf from '@tensorflow/tfjs';

/** xWᵀ + b: `x` `[n, in]`, `weight` `[out, in]` as PyTorch keeps it, `bias` `[out]`. */
export const linear = (x: tf.Tensor2D, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor2D =>
  tf.fused.matMul({ a: x, b: weight, transposeB: true, bias }) as tf.Tensor2D;
