import * as tf from '@tensorflow/tfjs';
import { ohnmTriplet, type OhnmOptions } from './ohnm.js';
import { fused } from '../layers/fused.js';

/**
 * Module I's loss over a batch: `ohnmTriplet` of the inner products of `texts` and `labels` (`[B, dim]` of unit length
 * each), `target` as there.
 */
export const inBatchLoss = (
  texts: tf.Tensor2D,
  labels: tf.Tensor2D,
  target: tf.Tensor2D,
  options: OhnmOptions,
): tf.Scalar =>
  fused({
    kernel: 'InBatchLoss',
    inputs: { texts, labels, target },
    attributes: options,
    keep: ['texts', 'labels'],
    differentiable: ['texts', 'labels'],
    plain: () => ohnmTriplet(tf.matMul(texts, labels, false, true), target, options),
  });
