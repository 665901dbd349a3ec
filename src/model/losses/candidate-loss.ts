/** Losses of Module II, of texts and the candidates of a mini-batch, by the names that a system chooses them by. */
import type * as tf from '@tensorflow/tfjs';
import { candidateSoftmax } from './candidate-softmax.js';
import { candidateLoss, type OhnmMultiOptions } from './ohnm-multi.js';
import type { Candidates } from './candidates.js';
import type { SoftmaxOptions } from './softmax.js';

/** A loss with its options. */
export type CandidateLoss =
  ({ kind: 'ohnm-multi' } & OhnmMultiOptions) | ({ kind: 'softmax' } & SoftmaxOptions);

/** Of `texts` (`[B, dim]`) and `classifiers` (`[U, dim]`), of unit length each. */
export const candidateLossOf =
  (options: CandidateLoss) =>
  (texts: tf.Tensor2D, classifiers: tf.Tensor2D, candidates: Candidates): tf.Scalar =>
    options.kind === 'softmax'
      ? candidateSoftmax(texts, classifiers, candidates, options)
      : candidateLoss(texts, classifiers, candidates, options);

/** Candidates that a mini-batch must have at least. */
export const leastCandidates = (loss: CandidateLoss): number =>
  loss.kind === 'softmax' ? 1 : Math.max(loss.positives, loss.negatives);
