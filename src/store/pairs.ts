import type { Lists } from '../formats/lists.js';

/** Pairs of a row and an id, in any order, as two arrays. */
export interface Pairs {
  row: Int32Array;
  id: Int32Array;
}

/** The ids of each row, in the order of the pairs, for rows 0 … `rows` − 1. Memory: 4 bytes per row and 4 per pair. */
export function groupPairs(parts: readonly Pairs[], rows: number): Lists {
  const offsets = new Int32Array(rows + 1);
  for (const { row } of parts) for (const r of row) offsets[r + 1]!++;
  for (let r = 0; r < rows; r++) offsets[r + 1]! += offsets[r]!;
  const values = new Int32Array(offsets[rows]!);
  const next = offsets.slice();
  for (const { row, id } of parts) row.forEach((r, i) => (values[next[r]!++] = id[i]!));
  return { offsets, values };
}
