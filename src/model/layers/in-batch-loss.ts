import * as tf from '@tensorflow/tfjs';
import { ohnmTriplet, type OhnmOptions } from '../losses.js';
import { fused, hasKernel } from './fused.js';

/**
 * Module I's loss over a batch: `ohnmTriplet` of the inner products of `texts` and `labels` (`[B, dim]` of unit length
 * each), `target` as there.
 */
export function inBatchLoss(
  texts: tf.Tensor2D,
  labels: tf.Tensor2D,
  target: tf.Tensor2D,
  options: OhnmOptions,
): tf.Scalar {
  if (!hasKernel('InBatchLoss')) return plainInBatchLoss(texts, labels, target, options);
  return fused({
    kernel: 'InBatchLoss',
    inputs: { texts, labels, target },
    attributes: options,
    gradient: 'InBatchLossGrad',
    keep: ['texts', 'labels'],
    differentiable: ['texts', 'labels'],
  }) as tf.Scalar;
}

export const plainInBatchLoss = (
  texts: tf.Tensor2D,
  labels: tf.Tensor2D,
  target: tf.Tensor2D,
  options: OhnmOptions,
): tf.Scalar => ohnmTriplet(tf.matMul(texts, labels, false, true), target, options);
