/**
 * Texts of an encoder that sees only the mean of the rows of their tokens. The mean is taken before the compiled function and its
 * gradient is spread after it: both are one addition per number, while ONNX has no sum by segment that is fast and correct
 * (`src/engine/kernels/segment-sum.ts`).
 */
import type { Tensors } from '../formats/safetensors.js';
import type { Encoder } from '../model/encoders/encoder.js';
import type { Packed } from './pack.js';
import { addRow, checkRow } from './table-rows.js';

/** Texts as an encoder is given them, with the tables that their tokens are rows of. */
export interface SeenTexts {
  tokens: Packed;
  parameters: Tensors;
}

/** Texts of one token, whose row is the mean of the text's rows; an empty text has none. As given if the encoder does not pool. */
export function pooled(encoder: Encoder, tokens: Packed, parameters: Tensors): SeenTexts {
  if (!encoder.pools) return { tokens, parameters };
  const { offsets } = tokens;
  const texts = offsets.length - 1;
  const filled = Int32Array.from({ length: texts }, (_x, text) => text).filter(
    (text) => offsets[text + 1]! > offsets[text]!,
  );
  const begins = new Int32Array(texts + 1);
  for (let text = 0; text < texts; text++)
    begins[text + 1] = begins[text]! + Number(offsets[text + 1]! > offsets[text]!);
  const means = Object.entries(encoder.tables).map(([name, dim]) => {
    const data = meansOf(parameters[name]!.data, dim, tokens);
    return [name, { shape: [texts, dim], data }] as const;
  });
  return {
    tokens: { ids: Int32Array.from(begins.keys()).subarray(0, texts), row: filled, offsets: begins },
    parameters: { ...parameters, ...Object.fromEntries(means) },
  };
}

/** The mean row of each text, `[texts, dim]`; zero for an empty one. @throws InputError if a row does not exist. */
function meansOf(table: Float32Array, dim: number, { ids, row, offsets }: Packed): Float32Array {
  for (const id of ids) checkRow(table, dim, id);
  const means = new Float32Array((offsets.length - 1) * dim);
  for (let text = 0; text + 1 < offsets.length; text++) {
    const [begin, end] = [offsets[text]!, offsets[text + 1]!];
    for (let token = begin; token < end; token++)
      addRow(means, text * dim, table, { from: ids[row[token]!]! * dim, dim, factor: 1 / (end - begin) });
  }
  return means;
}

/** From the gradients by the means, `[texts, dim]` or more rows, to those by the rows `tokens.ids` of the tables. */
export function spread(
  encoder: Encoder,
  { ids, row, offsets }: Packed,
  gradients: Readonly<Record<string, Float32Array>>,
): Record<string, Float32Array> {
  const spread = { ...gradients };
  for (const [name, dim] of encoder.pools ? Object.entries(encoder.tables) : []) {
    const own = (spread[name] = new Float32Array(ids.length * dim));
    for (let text = 0; text + 1 < offsets.length; text++) {
      const [begin, end] = [offsets[text]!, offsets[text + 1]!];
      for (let token = begin; token < end; token++)
        addRow(own, row[token]! * dim, gradients[name]!, {
          from: text * dim,
          dim,
          factor: 1 / (end - begin),
        });
    }
  }
  return spread;
}
