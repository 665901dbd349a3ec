import * as tf from '@tensorflow/tfjs';
import type { Tokens } from '../encoders/encoder.js';

/** The mean of each text's tokens, `[tokens, dim]` → `[texts, dim]`; zero for an empty text. */
export function meanOfTokens(x: tf.Tensor2D, { text, scale }: Pick<Tokens, 'text' | 'scale'>): tf.Tensor2D {
  const texts = scale.shape[0];
  const sums = tf.unsortedSegmentSum(x, text, texts + 1); // the last row sums the padding
  return tf.mul<tf.Tensor2D>(tf.slice(sums, [0, 0], [texts, x.shape[1]]), scale);
}

/** Each text's first token, `[tokens, dim]` → `[texts, dim]`. */
export const firstOfTokens = (x: tf.Tensor2D, { first }: Pick<Tokens, 'first'>): tf.Tensor2D =>
  tf.gather(x, first);
