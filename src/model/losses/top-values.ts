import * as tf from '@tensorflow/tfjs';

/**
 * The `k` largest values of each row of `x` (`[rows, cols]` → `[rows, k]`), with their gradient, which is
 * passed to the entries the values came from.
 */
export function topValues(x: tf.Tensor2D, k: number): tf.Tensor2D {
  const [rows, cols] = x.shape;
  const op = tf.customGrad((x, save) => {
    const { values, indices } = tf.topk(x as tf.Tensor2D, k);
    (save as tf.GradSaveFunc)([indices]);
    return {
      value: values,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const starts = tf.tensor2d(
          Array.from({ length: rows }, (_x, row) => row * cols),
          [rows, 1],
          'int32',
        );
        const places = tf.reshape<tf.Rank.R1>(tf.add(saved[0]!, starts), [rows * k]);
        const flat = tf.unsortedSegmentSum(tf.reshape(dy, [rows * k]), places, rows * cols);
        return tf.reshape(flat, [rows, cols]);
      },
    };
  });
  return op(x);
}
