import * as tf from '@tensorflow/tfjs';
import { ohnmMulti, type OhnmMultiOptions } from './ohnm.js';
import { fused } from '../layers/fused.js';

/** What texts and candidates are judged by. */
export interface Candidates {
  /** bool `[B, U]`: whether the candidate is a label of the text. */
  target: tf.Tensor2D;
  /** `[1, U]`: 0, or for what only fills up the shape so far below every cosine that it is no one's negative. */
  offset: tf.Tensor2D;
}

/**
 * Module II's loss over a batch: `ohnmMulti` of the inner products of `texts` (`[B, dim]`) and `classifiers`
 * (`[U, dim]`), of unit length each. It has a gradient by the classifiers alone: the texts are frozen.
 */
export const candidateLoss = (
  texts: tf.Tensor2D,
  classifiers: tf.Tensor2D,
  { target, offset }: Candidates,
  options: OhnmMultiOptions,
): tf.Scalar =>
  fused({
    kernel: 'CandidateLoss',
    inputs: { classifiers, texts, target, offset },
    attributes: options,
    keep: ['texts', 'classifiers'],
    differentiable: ['classifiers'],
    plain: () =>
      ohnmMulti(tf.add<tf.Tensor2D>(tf.matMul(texts, classifiers, false, true), offset), target, options),
  });
