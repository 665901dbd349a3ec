import * as tf from '@tensorflow/tfjs';

/** xWᵀ + b: `x` `[n, in]`, `weight` `[out, in]` as in PyTorch, `bias` `[out]`. */
export const linear = (x: tf.Tensor2D, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor2D =>
  product(x, weight as tf.Tensor2D, bias, true);

/** xW + b: `weight` `[in, out]`. */
export const affine = (x: tf.Tensor2D, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor2D =>
  product(x, weight as tf.Tensor2D, bias, false);

const product = (a: tf.Tensor2D, b: tf.Tensor2D, bias: tf.Tensor, transposeB: boolean) =>
  tf.fused.matMul({ a, b, bias, transposeB }) as tf.Tensor2D;
