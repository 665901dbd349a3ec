import * as tf from '@tensorflow/tfjs';

/** Rows of `x` (`[n, dim]`) at unit length; a zero row stays zero. */
export function normalise(x: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(x, tf.rsqrt(tf.maximum(tf.sum(tf.square(x), 1, true), 1e-12)));
}

/** Inner products of rows: `[n, dim]` × `[m, dim]` → `[n, m]`; the cosine where both are normalised. */
export function similarity(x: tf.Tensor2D, z: tf.Tensor2D): tf.Tensor2D {
  return tf.matMul(x, z, false, true);
}
