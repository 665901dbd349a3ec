/** Lists of any length in memory, one per row (CSR without values). */

/** Row `i` is `values[offsets[i] .. offsets[i + 1]]`. */
export interface Ragged<Values> {
  offsets: Int32Array;
  values: Values;
}
export type Lists = Ragged<Int32Array>;

export const listCount = ({ offsets }: Ragged<unknown>): number => offsets.length - 1;
export const listAt = ({ offsets, values }: Lists, row: number): Int32Array =>
  values.subarray(offsets[row], offsets[row + 1]);

/** Concatenates rows into one `Lists`. */
export function toLists(rows: readonly ArrayLike<number>[]): Lists {
  const offsets = new Int32Array(rows.length + 1);
  rows.forEach((row, i) => (offsets[i + 1] = offsets[i]! + row.length));
  const values = new Int32Array(offsets[rows.length]!);
  rows.forEach((row, i) => {
    values.set(row, offsets[i]);
  });
  return { offsets, values };
}

/** Number of values of each row, from the offsets of the rows. */
export const lengthsOf = (offsets: Int32Array): Int32Array =>
  offsets.subarray(1).map((end, i) => end - offsets[i]!);
