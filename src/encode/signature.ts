/** An encoder's inputs: the texts of a batch, `p/` and a dense parameter's name, `rows/` and a table's. */
import type * as tf from '@tensorflow/tfjs';
import type { Signature } from '../engine/session.js';
import type { Encoder } from '../model/encoders/encoder.js';
import { textSignature, type TextShape } from './texts.js';

/** What a batch brings to the encoder. */
export interface EncoderShape extends TextShape {
  /** Rows gathered of each table, filled up. */
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

/** Parameters of the encoder, by their own names. */
export function parametersOf(inputs: Inputs, { tables, dense }: Encoder): Inputs {
  const named = (prefix: string, names: object) =>
    Object.keys(names).map((name) => [name, inputs[`${prefix}/${name}`]!] as const);
  return Object.fromEntries([...named('p', dense), ...named('rows', tables)]);
}
