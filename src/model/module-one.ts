/** DEXA's Module I: a Siamese encoder with auxiliary vectors on the labels' side. Without them it is NGAME's. */
import * as tf from '@tensorflow/tfjs';
import { augment } from './layers/auxiliary.js';
import { normalise } from './layers/normalise.js';
import { inBatchLoss, type OhnmOptions } from './losses/ohnm-triplet.js';

/** What pairs of B texts and B labels, each the text of one label of its text, are judged by. */
export interface Pairs {
  /** bool `[B, B]`: whether the label of column j is a positive of text i. */
  target: tf.Tensor2D;
  /** Auxiliary vectors `[rows, dim]`, and the row of each label, int32 `[B]`; absent for NGAME. */
  auxiliary?: { vectors: tf.Tensor2D; row: tf.Tensor1D } | undefined;
}

/**
 * x_i = E(text_i); z_l = E(label_l) + a_m(l); loss over cos(x_i, z_l). `embeddings` are `[2B, dim]`: the texts', then
 * the labels'. `texts` are the x, normalised.
 */
export function moduleOne(
  embeddings: tf.Tensor2D,
  { target, auxiliary }: Pairs,
  loss: OhnmOptions,
): { loss: tf.Scalar; texts: tf.Tensor2D } {
  const [size, dim] = [target.shape[0], embeddings.shape[1]];
  const texts = normalise(tf.slice(embeddings, [0, 0], [size, dim]));
  const plain = tf.slice(embeddings, [size, 0], [size, dim]);
  const labels = auxiliary ? augment(plain, auxiliary.vectors, auxiliary.row) : plain;
  return { loss: inBatchLoss(texts, normalise(labels), target, loss), texts };
}
