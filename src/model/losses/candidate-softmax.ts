/**
 * Cross entropy of each positive of a text against the text's negatives (decoupled: its other positives do not compete): the mean
 * over texts and over their positives p of ln(1 + Σₙ exp((s⁻ₙ − s⁺ₚ) / τ)), with s the cosines of the text and the candidates n
 * that are none of its labels. All positives count, those of frequent and of rare labels alike.
 */
import * as tf from '@tensorflow/tfjs';
import type { SoftmaxOptions } from './softmax.js';
import type { Candidates } from './candidates.js';

/** Added to sums that are 0 where a text has no negative. */
const TINY = 1e-30;

/** The loss from `texts` (`[B, dim]`) and `classifiers` (`[U, dim]`), of unit length each. */
export function candidateSoftmax(
  texts: tf.Tensor2D,
  classifiers: tf.Tensor2D,
  { target, offset }: Candidates,
  { temperature }: SoftmaxOptions,
): tf.Scalar {
  const cosines = tf.add(tf.matMul(texts, classifiers, false, true), offset);
  // Relative to a cosine of 1, so that no exponential overflows.
  const logits = tf.mul(tf.sub(cosines, 1), 1 / temperature);
  const products = tf.exp(logits);
  const isPositive = tf.cast(target, 'float32');
  const negatives = tf.sum(tf.mul(products, tf.sub(1, isPositive)), 1, true);
  const losses = tf.sub(tf.log(tf.add(tf.add(products, negatives), TINY)), logits);
  const positives = tf.maximum(tf.sum(isPositive, 1, true), 1);
  return tf.mean(tf.sum(tf.div(tf.mul(losses, isPositive), positives), 1));
}
