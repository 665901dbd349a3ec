import type { Lists } from '../store/ragged.js';

/** Texts of a batch packed without padding between them; see `Tokens` in `src/model/encoder.ts`. */
export interface Packed {
  /** Distinct token ids used, ascending. */
  ids: Int32Array;
  /** Position in `ids` of each token; the last few may be filling. */
  row: Int32Array;
  /** Text of each token; the number of texts for filling. */
  text: Int32Array;
  /** 1 / number of tokens of each text, 0 for an empty one. */
  scale: Float32Array;
}

/** Token counts are rounded up to a multiple of this, so that few shapes occur. */
export const TOKEN_BUCKET = 2048;

export const roundUp = (n: number, multiple: number): number =>
  Math.max(1, Math.ceil(n / multiple)) * multiple;

/** Packs the rows of several lists, one after the other, as one batch of texts. */
export function pack(...parts: readonly Lists[]): Packed {
  const texts = parts.reduce((total, { offsets }) => total + offsets.length - 1, 0);
  const tokens = parts.reduce((total, { values }) => total + values.length, 0);
  const row = new Int32Array(roundUp(tokens, TOKEN_BUCKET));
  const text = new Int32Array(row.length).fill(texts);
  const scale = new Float32Array(texts);
  let token = 0;
  let index = 0;
  for (const { offsets, values } of parts) {
    row.set(values, token);
    for (let i = 1; i < offsets.length; i++, index++) {
      const length = offsets[i]! - offsets[i - 1]!;
      text.fill(index, token, token + length);
      scale[index] = length === 0 ? 0 : 1 / length;
      token += length;
    }
  }
  const ids = distinct(row.subarray(0, tokens));
  for (let i = 0; i < tokens; i++) row[i] = positionOf(ids, row[i]!);
  return { ids, row, text, scale };
}

/** The distinct values, ascending. */
export function distinct(values: Int32Array): Int32Array {
  const sorted = values.slice().sort();
  let count = 0;
  for (let i = 0; i < sorted.length; i++)
    if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[count++] = sorted[i]!;
  return sorted.slice(0, count);
}

/** Where `value` stands in `sorted` (ascending, distinct), by bisection. */
export function positionOf(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
