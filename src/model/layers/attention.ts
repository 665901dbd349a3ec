/** Multi-head attention (Vaswani et al. 2017) among the tokens of each text, several texts to a sequence. */
import * as tf from '@tensorflow/tfjs';
import type { Tokens } from '../encoders/encoder.js';
import { attentionKernel } from '../../engine/kernels/fused.js';
import { fused } from './fused.js';

/** Stands for −∞: masked entries get a weight of exactly 0. */
const MASKED = -1e9;

/** `[sequences, 1, width, width]`: 0 where two tokens belong to the same text, else `MASKED`; to be added to the scores. */
export function sameText({ text, width }: Pick<Tokens, 'text' | 'width'>): tf.Tensor4D {
  const sequences = text.shape[0] / width;
  const query = tf.reshape(text, [sequences, 1, width, 1]);
  const key = tf.reshape(text, [sequences, 1, 1, width]);
  return tf.mul(tf.cast(tf.notEqual(query, key), 'float32'), MASKED);
}

export interface AttentionOptions {
  /** `[tokens, dim]` each; `dim` is split among the heads. */
  query: tf.Tensor2D;
  key: tf.Tensor2D;
  value: tf.Tensor2D;
  /** Added to the scores, `[sequences, 1, width, width]`. */
  mask: tf.Tensor4D;
  heads: number;
  /** Multiplied with the weights, `[sequences, heads, width, width]`; dropout. */
  dropout?: tf.Tensor | undefined;
}

/** softmax(QKᵀ/√d + mask)V, head by head, `[tokens, dim]`. */
export function attention(options: AttentionOptions): tf.Tensor2D {
  const { query, key, value, mask, heads, dropout } = options;
  return fused({
    kernel: attentionKernel,
    inputs: { query, key, value, mask, ...(dropout && { dropout }) },
    attributes: { heads },
    keep: dropout ? ['dropout'] : [],
    differentiable: ['query', 'key', 'value'],
    plain: () => plainAttention(options),
  });
}

function plainAttention({ query, key, value, mask, heads, dropout }: AttentionOptions): tf.Tensor2D {
  const [tokens, dim] = query.shape;
  const [sequences, , width] = mask.shape;
  const split = (x: tf.Tensor2D): tf.Tensor =>
    tf.transpose(tf.reshape(x, [sequences, width, heads, dim / heads]), [0, 2, 1, 3]);
  const scores = tf.mul(tf.matMul(split(query), split(key), false, true), 1 / Math.sqrt(dim / heads));
  const weights = tf.softmax(tf.add(scores, mask));
  const kept = dropout ? tf.mul(weights, dropout) : weights;
  return tf.reshape(tf.transpose(tf.matMul(kept, split(value)), [0, 2, 1, 3]), [tokens, dim]);
}
