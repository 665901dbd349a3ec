/** What losses of Module II know of the candidates of a mini-batch. */
import type * as tf from '@tensorflow/tfjs';

export interface Candidates {
  /** bool `[B, U]`: whether the candidate is a label of the text. */
  target: tf.Tensor2D;
  /** `[1, U]`, added to the scores: 0, or `NO_NEGATIVE` for a column that is padding. */
  offset: tf.Tensor2D;
}
