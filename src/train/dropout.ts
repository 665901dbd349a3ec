/** Dropout of a compiled step: the mask of what is kept is a boolean input, drawn for each step. */
import * as tf from '@tensorflow/tfjs';
import { sizeOf, type Arrays, type Signature } from '../engine/session.js';
import type { Dropout, Encoder } from '../model/encoders/encoder.js';
import type { Random } from '../random.js';
import type { TextShape } from '../encode/texts.js';

type Sequences = Pick<TextShape, 'sequences' | 'width'>;

const name = (index: number): string => `kept/${index}`;

const named = <T>(
  encoder: Encoder,
  { sequences, width }: Sequences,
  make: (shape: readonly number[], rate: number) => T,
): Record<string, T> =>
  Object.fromEntries(
    encoder.dropouts(sequences, width).map(({ shape, rate }, i) => [name(i), make(shape, rate)] as const),
  );

export const dropoutSignature = (encoder: Encoder, shape: Sequences): Signature =>
  named(encoder, shape, (shape) => ({ dtype: 'bool', shape }) as const);

/** Draws which values are kept; depends on `random` alone. */
export const dropoutArrays = (encoder: Encoder, shape: Sequences, random: Random): Arrays =>
  named(encoder, shape, (shape, rate) => {
    const kept = new Uint8Array(sizeOf(shape));
    for (let i = 0; i < kept.length; i++) kept[i] = Number(random.next() >= rate);
    return kept;
  });

/** Hands these inputs to the encoder, in the order of its calls. */
export function dropoutOf(
  inputs: Record<string, tf.Tensor>,
  encoder: Encoder,
  { sequences, width }: Sequences,
): Dropout {
  const rates = encoder.dropouts(sequences, width).map(({ rate }) => rate);
  let next = 0;
  return () => {
    const kept = inputs[name(next)]!;
    return tf.mul(tf.cast(kept, 'float32'), 1 / (1 - rates[next++]!));
  };
}
