import * as tf from '@tensorflow/tfjs';
import type { Tokens } from '../encoders/encoder.js';
import { sameText } from './attention.js';

/** `size` sequences of a batch, from `first` on. */
export interface Block {
  first: number;
  size: number;
}

/** Tokens per pass through the layers: values between two matrix products then stay in a CPU's cache. */
export const BLOCK = 2048;

/** All sequences, in blocks of about `block` tokens, equal except for the last. */
export function blocksOf(sequences: number, width: number, block: number): Block[] {
  const count = Math.max(1, Math.round((sequences * width) / block));
  const size = Math.ceil(sequences / count);
  return Array.from({ length: Math.ceil(sequences / size) }, (_x, i) => ({
    first: i * size,
    size: Math.min(size, sequences - i * size),
  }));
}

/**
 * Takes the tokens (`x` is `[tokens, dim]`) through `layers`, block by block of about `block` tokens; `mask` is that of
 * `sameText` for the block.
 */
export function throughBlocks(
  x: tf.Tensor2D,
  tokens: Tokens,
  layers: (x: tf.Tensor2D, mask: tf.Tensor4D) => tf.Tensor2D,
  block: number,
): tf.Tensor2D {
  const { width } = tokens;
  const mask = sameText(tokens);
  const blocks = blocksOf(x.shape[0] / width, width, block).map(({ first, size }) =>
    layers(
      tf.slice(x, [first * width, 0], [size * width, x.shape[1]]),
      tf.slice(mask, [first, 0, 0, 0], [size, 1, width, width]),
    ),
  );
  return tf.concat(blocks, 0);
}
