/**
 * Triplet losses with online hard negative mining (OHNM) look at a fixed number of similarities in each row. These stand
 * in for missing ones; the values are the published ones, and similarities are cosines.
 */
import * as tf from '@tensorflow/tfjs';

/** Similarity of a negative that does not exist: so far below every cosine that its loss is 0. */
export const NO_NEGATIVE = -10;
/** Negated similarity of a positive that does not exist: no negative is within the margin of it. */
export const NO_POSITIVE = -100;
/** Input of the softmax of `ohnmTriplet` for a negative that does not violate the margin. */
export const NO_VIOLATION = -50;
/** The same for `ohnmMulti`, whose softmax is over losses. */
export const NO_LOSS = -100;

/** `value` where the loss is above 0, else `other`. By arithmetic: a comparison has no gradient, a step has 0. */
export function whereViolated(loss: tf.Tensor, value: tf.Tensor, other: number): tf.Tensor {
  const violated = tf.step(loss);
  return tf.add(tf.mul(violated, value), tf.mul(tf.sub(1, violated), other));
}
