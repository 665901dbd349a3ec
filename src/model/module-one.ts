/** DEXA's Module I: a Siamese encoder with auxiliary vectors on the labels' side. Without them it is NGAME's. */
import * as tf from '@tensorflow/tfjs';
import { augment } from './auxiliary.js';
import type { Encoder, Tokens } from './encoder.js';
import { ohnmTriplet, type OhnmOptions } from './losses.js';
import { normalise, similarity } from './similarity.js';

/** B texts and, for each, the text of one of its labels. */
export interface Pairs {
  /** The B texts, then the B label texts. */
  tokens: Tokens;
  /** bool `[B, B]`: whether the label of column j is a positive of text i. */
  target: tf.Tensor2D;
  /** Row of the auxiliary vectors for each label, int32 `[B]`; absent for NGAME. */
  auxiliaryRow?: tf.Tensor1D | undefined;
}

/** x_i = E(text_i); z_l = E(label_l) + a_m(l); loss over cos(x_i, z_l). `texts` are the x, normalised. */
export function moduleOne(
  encoder: Encoder,
  parameters: Record<string, tf.Tensor>,
  { tokens, target, auxiliaryRow }: Pairs,
  loss: OhnmOptions,
): { loss: tf.Scalar; texts: tf.Tensor2D } {
  const size = target.shape[0];
  const both = encoder.encode(parameters, tokens);
  const texts = normalise(tf.slice(both, [0, 0], [size, encoder.dim]));
  const plain = tf.slice(both, [size, 0], [size, encoder.dim]);
  const auxiliary = parameters['auxiliary'] as tf.Tensor2D | undefined;
  const labels = auxiliary && auxiliaryRow ? augment(plain, auxiliary, auxiliaryRow) : plain;
  return { loss: ohnmTriplet(similarity(texts, normalise(labels)), target, loss), texts };
}
