import { toLists, type Lists } from '../formats/lists.js';

/** Texts of a batch, packed without padding; see `Tokens` in `src/model/encoders/encoder.ts`. */
export interface Packed {
  /** Distinct token ids in use, ascending. */
  ids: Int32Array;
  /** Position in `ids` of each token. */
  row: Int32Array;
  /** Start of each text; finally the number of tokens. */
  offsets: Int32Array;
}

/** Packs the rows of several lists, in order, as one batch of texts. */
export function pack(...parts: readonly Lists[]): Packed {
  const texts = parts.reduce((total, { offsets }) => total + offsets.length - 1, 0);
  const tokens = parts.reduce((total, { values }) => total + values.length, 0);
  const row = new Int32Array(tokens);
  const offsets = new Int32Array(texts + 1);
  let token = 0;
  let index = 0;
  for (const list of parts) {
    row.set(list.values, token);
    for (let i = 1; i < list.offsets.length; i++) {
      const length = list.offsets[i]! - list.offsets[i - 1]!;
      offsets[++index] = token += length;
    }
  }
  const ids = distinct(row);
  return { ids, row: row.map((id) => positionOf(ids, id)), offsets };
}

/** A selection of the texts, in the given order, with the ids that they use. */
export const selectTexts = ({ ids, row, offsets }: Packed, texts: readonly number[]): Packed =>
  pack(toLists(texts.map((text) => row.subarray(offsets[text], offsets[text + 1]).map((at) => ids[at]!))));

/** The distinct values, ascending. */
export function distinct(values: Int32Array): Int32Array {
  const sorted = values.slice().sort();
  let count = 0;
  for (let i = 0; i < sorted.length; i++)
    if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[count++] = sorted[i]!;
  return sorted.slice(0, count);
}

/** Position of `value` in `sorted` (ascending, distinct), by bisection. */
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
