/**
 * Texts of an encoder that sees only the mean of the rows of their tokens. The mean is taken before the compiled function and its
 * gradient is spread after it: both are sums of rows, while ONNX has no sum by segment that is fast and correct
 * (`src/engine/kernels/segment-sum.ts`).
 */
import { lengthsOf, type Lists } from '../formats/lists.js';
import type { Tensors } from '../formats/safetensors.js';
import type { Encoder } from '../model/encoders/encoder.js';
import { groupPairs } from '../store/pairs.js';
import type { Packed } from './pack.js';
import { sumRows } from './sum-rows.js';
import { checkRow } from './table-rows.js';

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
  return shares(sumRows(table, dim, { offsets, values: row.map((at) => ids[at]!) }), dim, offsets);
}

/** The row of each text divided by the number of its tokens, in place. */
function shares(rows: Float32Array, dim: number, offsets: Int32Array): Float32Array {
  lengthsOf(offsets).forEach((length, text) => {
    const share = 1 / Math.max(1, length);
    for (let at = text * dim; at < (text + 1) * dim; at++) rows[at]! *= share;
  });
  return rows;
}

/**
 * From the gradients by the means, `[texts, dim]` or more rows, to those by the rows `tokens.ids` of the tables. Overwrites the
 * gradients by the means.
 */
export function spread(
  encoder: Encoder,
  tokens: Packed,
  gradients: Readonly<Record<string, Float32Array>>,
): Record<string, Float32Array> {
  if (!encoder.pools) return gradients;
  const texts = textsOfRows(tokens);
  const own = Object.entries(encoder.tables).map(([name, dim]) => {
    const byText = shares(gradients[name]!, dim, tokens.offsets);
    return [name, sumRows(byText, dim, texts)] as const;
  });
  return { ...gradients, ...Object.fromEntries(own) };
}

/** The texts of the tokens of each of the rows `ids`, ascending. */
function textsOfRows({ ids, row, offsets }: Packed): Lists {
  const text = new Int32Array(row.length);
  for (let i = 0; i + 1 < offsets.length; i++) text.fill(i, offsets[i], offsets[i + 1]);
  return groupPairs([{ row, id: text }], ids.length);
}
