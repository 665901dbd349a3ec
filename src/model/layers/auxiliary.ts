/** Auxiliary vectors (DEXA, Module I): a row shared by related labels is added to each label's embedding. */
import * as tf from '@tensorflow/tfjs';
import { Random } from '../../random.js';

/** z̃ = E(text) + a, before any normalisation. `embeddings` `[n, dim]`, `rows` `[used, dim]`, `row` int32 `[n]`. */
export function augment(embeddings: tf.Tensor2D, rows: tf.Tensor2D, row: tf.Tensor1D): tf.Tensor2D {
  return tf.add(embeddings, tf.gather(rows, row));
}

/** Initial values of a row, `[dim]`: Xavier-uniform, bound √(6 / (count + dim)) for a table of `count` rows. */
export function initialAuxiliary(
  row: number,
  { count, dim, seed }: { count: number; dim: number; seed: number },
): Float32Array {
  const bound = Math.sqrt(6 / (count + dim));
  const random = Random.of(seed, 'auxiliary', row);
  return Float32Array.from({ length: dim }, () => bound * (2 * random.next() - 1));
}
