/** Triplet losses with online hard negative mining (OHNM), as in NGAME and DEXA. */
import * as tf from '@tensorflow/tfjs';
import { topValues } from './top-values.js';

/** Stands for "no such negative": so far below every cosine that its loss is 0. */
const ABSENT = -10;

export interface OhnmOptions {
  /** Hard negatives a text, at most the columns. */
  negatives: number;
  margin: number;
  /** Temperature of the weights over the negatives; without one they count alike. */
  temperature?: number | undefined;
}

/**
 * Module I. `similarity` is `[B, B]`, text × sampled label; the positive of text i is label i. `target` (bool,
 * same shape) is true where the label is a positive of the text, and such a pair is never a negative: where
 * fewer than `negatives` true ones exist, the missing ones count as zero loss. Scalar, mean over `B × negatives`.
 * The weights p = softmax(s/τ) over the violators carry gradient too, as published.
 */
export function ohnmTriplet(
  similarity: tf.Tensor2D,
  target: tf.Tensor2D,
  { negatives, margin, temperature }: OhnmOptions,
): tf.Scalar {
  const size = similarity.shape[0];
  const positive = tf.sum(tf.mul(similarity, tf.eye(size)), 1, true);
  const hardest = topValues(tf.where(target, tf.fill([size, size], ABSENT), similarity), negatives);
  const loss = tf.relu(tf.add(tf.sub(hardest, positive), margin));
  if (temperature === undefined) return tf.mean(loss);
  const violators = whereViolated(loss, hardest, -50);
  return tf.mean(tf.mul(tf.softmax(tf.div(violators, temperature)), loss));
}

export interface OhnmMultiOptions {
  /** Positives a text: those with the lowest score. Missing ones cost nothing. */
  positives: number;
  /** Negatives a text: those with the highest score. */
  negatives: number;
  margin: number;
}

/** Module II. `similarity` is `[B, U]`, text × candidate; `target` (bool) its positives. Scalar, mean over `B × P × N`. */
export function ohnmMulti(
  similarity: tf.Tensor2D,
  target: tf.Tensor2D,
  { positives, negatives, margin }: OhnmMultiOptions,
): tf.Scalar {
  const { shape } = similarity;
  const lowest = tf.neg(topValues(tf.where(target, tf.neg(similarity), tf.fill(shape, -100)), positives));
  const hardest = topValues(tf.where(target, tf.fill(shape, ABSENT), similarity), negatives);
  const loss = tf.relu(tf.add(tf.sub(tf.expandDims(hardest, 1), tf.expandDims(lowest, 2)), margin));
  const weights = tf.softmax(whereViolated(loss, loss, -100));
  return tf.mean(tf.mul(weights, loss));
}

/** `value` where the loss is above 0, else `other`. By arithmetic: a comparison has no gradient, a step has 0. */
function whereViolated(loss: tf.Tensor, value: tf.Tensor, other: number): tf.Tensor {
  const violated = tf.step(loss);
  return tf.add(tf.mul(violated, value), tf.mul(tf.sub(1, violated), other));
}
