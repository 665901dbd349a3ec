/** The inputs of an encoder: the texts of a batch, `p/NAME` for dense parameters, `rows/NAME` for tables. */
import type * as tf from '@tensorflow/tfjs';
import type { Signature } from '../engine/session.js';
import type { Encoder } from '../model/encoders/encoder.js';
import { textSignature, type TextShape } from './texts.js';

/** Sizes of a batch for the encoder. */
export interface EncoderShape extends TextShape {
  /** Padded number of rows gathered from each table. */
  rows: Readonly<Record<string, number>>;
}

export type Inputs = Record<string, tf.Tensor>;

export const float = (...shape: number[]) => ({ dtype: 'float32', shape }) as const;

export function encoderSignature({ tables, dense, weighted }: Encoder, shape: EncoderShape): Signature {
  const signature: Record<string, Signature[string]> = { ...textSignature(shape) };
  if (weighted) signature['weight'] = float(shape.sequences * shape.width, 1);
  for (const [name, parameter] of Object.entries(dense)) signature[`p/${name}`] = float(...parameter);
  for (const [name, dim] of Object.entries(tables)) signature[`rows/${name}`] = float(shape.rows[name]!, dim);
  return signature;
}

/** The encoder's parameters, by their names without prefix. */
export function parametersOf(inputs: Inputs, { tables, dense }: Encoder): Inputs {
  const named = (prefix: string, names: object) =>
    Object.keys(names).map((name) => [name, inputs[`${prefix}/${name}`]!] as const);
  return Object.fromEntries([...named('p', dense), ...named('rows', tables)]);
}
