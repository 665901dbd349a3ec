/** The texts of a batch as arrays for a compiled function. */
import type * as tf from '@tensorflow/tfjs';
import type { Arrays, Signature } from '../engine/session.js';
import type { Packed } from './pack.js';
import type { Tokens } from '../model/encoders/encoder.js';

export interface TextShape {
  texts: number;
  /** Tokens per sequence; 1 for encoders without attention. */
  width: number;
  sequences: number;
}

/** The inputs for texts of a shape; see `Tokens`. */
export function textSignature({ texts, width, sequences }: TextShape): Signature {
  const tokens = { dtype: 'int32', shape: [sequences * width] } as const;
  return {
    row: tokens,
    text: tokens,
    position: tokens,
    scale: { dtype: 'float32', shape: [texts, 1] },
    first: { dtype: 'int32', shape: [texts] },
  };
}

/** The arrays, padded to the shape: padding tokens have row 0 and belong to the text `texts`. */
export function textArrays(
  { row, offsets, weights }: Pick<Packed, 'row' | 'offsets' | 'weights'>,
  { begin }: { begin: ArrayLike<number> },
  { texts, width, sequences }: TextShape,
): Arrays {
  const tokens = sequences * width;
  const weight = weights && new Float32Array(tokens);
  const arrays = {
    row: new Int32Array(tokens),
    text: new Int32Array(tokens).fill(texts),
    position: new Int32Array(tokens),
    scale: new Float32Array(texts),
    first: new Int32Array(texts),
  };
  for (let text = 0; text + 1 < offsets.length; text++) {
    const [from, to] = [offsets[text]!, offsets[text + 1]!];
    if (to === from) continue;
    const at = begin[text]!;
    arrays.row.set(row.subarray(from, to), at);
    weight?.set(weights!.subarray(from, to), at);
    arrays.text.fill(text, at, at + to - from);
    for (let i = 0; i < to - from; i++) arrays.position[at + i] = i;
    arrays.scale[text] = 1 / (to - from);
    arrays.first[text] = at;
  }
  return weight ? { ...arrays, weight } : arrays;
}

/** The inputs as the encoder takes them. */
export function tokensOf(inputs: Record<string, tf.Tensor>, { width }: Pick<TextShape, 'width'>): Tokens {
  const { weight } = inputs;
  return {
    ...(weight && { weight: weight as tf.Tensor2D }),
    row: inputs['row'] as tf.Tensor1D,
    text: inputs['text'] as tf.Tensor1D,
    position: inputs['position'] as tf.Tensor1D,
    scale: inputs['scale'] as tf.Tensor2D,
    first: inputs['first'] as tf.Tensor1D,
    width,
  };
}
