import type { Lists } from '../store/ragged.js';

/** Texts of a batch packed without padding between them; see `Tokens` in `src/model/encoder.ts`. */
export interface Packed {
  /** Distinct token ids used, ascending. */
  ids: Int32Array;
  /** Position in `ids` of each token. */
  row: Int32Array;
  /** Text of each token. */
  text: Int32Array;
  /** 1 / number of tokens of each text, 0 for an empty one. */
  scale: Float32Array;
}

/** Packs the rows of several lists, one after the other, as one batch of texts. */
export function pack(...parts: readonly Lists[]): Packed {
  const texts = parts.reduce((total, { offsets }) => total + offsets.length - 1, 0);
  const tokens = parts.reduce((total, { values }) => total + values.length, 0);
  const row = new Int32Array(tokens);
  const text = new Int32Array(tokens);
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
  const ids = distinct(row);
  return { ids, row: row.map((id) => positionOf(ids, id)), text, scale };
}

/** The same with filling at the end: `texts` texts, and `tokens` tokens of which the last belong to no text. */
export function pad(packed: Packed, { tokens, texts }: { tokens: number; texts: number }): Packed {
  const row = new Int32Array(tokens);
  const text = new Int32Array(tokens).fill(texts);
  const scale = new Float32Array(texts);
  row.set(packed.row);
  text.set(packed.text);
  scale.set(packed.scale);
  return { ids: packed.ids, row, text, scale };
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
