/** DEXA's Module II: a classifier for each label, the encoder frozen. */
import * as tf from '@tensorflow/tfjs';
import { normalise } from './layers/normalise.js';
import { ohnmMulti, type OhnmMultiOptions } from './losses.js';

/** What B texts and U candidates are judged by. */
export interface Candidates {
  /** bool `[B, U]`: whether the candidate is a label of the text. */
  target: tf.Tensor2D;
  /** `[1, U]`: 0, or for what only fills up the shape so far below every cosine that it is no one's negative. */
  offset: tf.Tensor2D;
}

/** Loss over cos(x_i, w_l); `texts` are x, `[B, dim]`, with dropout applied, `classifiers` w, `[U, dim]`. */
export const moduleTwo = (
  texts: tf.Tensor2D,
  classifiers: tf.Tensor2D,
  { target, offset }: Candidates,
  loss: OhnmMultiOptions,
): tf.Scalar => {
  const cosine = tf.matMul(normalise(texts), normalise(classifiers), false, true);
  return ohnmMulti(tf.add<tf.Tensor2D>(cosine, offset), target, loss);
};
