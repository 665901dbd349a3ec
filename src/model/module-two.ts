/** DEXA's Module II: a classifier for each label, the encoder frozen. */
import type * as tf from '@tensorflow/tfjs';
import { normalise } from './layers/normalise.js';
import { candidateLoss, type Candidates, type OhnmMultiOptions } from './losses/ohnm-multi.js';

/** Loss over cos(x_i, w_l); `texts` are x, `[B, dim]`, with dropout applied, `classifiers` w, `[U, dim]`. */
export const moduleTwo = (
  texts: tf.Tensor2D,
  classifiers: tf.Tensor2D,
  candidates: Candidates,
  loss: OhnmMultiOptions,
): tf.Scalar => candidateLoss(normalise(texts), normalise(classifiers), candidates, loss);
