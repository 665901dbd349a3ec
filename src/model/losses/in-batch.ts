/** Losses of a mini-batch of pairs of a text and a label, by the names that a system chooses them by. */
import type * as tf from '@tensorflow/tfjs';
import { inBatchLoss } from './ohnm-triplet.js';
import { inBatchSoftmax } from './softmax.js';

const LOSSES = {
  'ohnm-triplet': inBatchLoss,
  softmax: inBatchSoftmax,
};
type Losses = typeof LOSSES;
type Kind = keyof Losses;

/** A loss with its options. */
export type InBatchLoss = { [K in Kind]: { kind: K } & Parameters<Losses[K]>[3] }[Kind];

type LossOf<Options> = (
  texts: tf.Tensor2D,
  labels: tf.Tensor2D,
  target: tf.Tensor2D,
  options: Options,
) => tf.Scalar;

/** Of `texts` and `labels`, `[B, dim]` of unit length each, and `target` `[B, B]`, true where a label is a text's; label i is text i's. */
export const inBatchLossOf = ({ kind, ...options }: InBatchLoss) => {
  const loss = LOSSES[kind] as LossOf<object>;
  return (texts: tf.Tensor2D, labels: tf.Tensor2D, target: tf.Tensor2D): tf.Scalar =>
    loss(texts, labels, target, options);
};
