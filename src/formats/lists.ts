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

/** The lists without repeats, each id where it is first, and the number of repeats; the given lists if there are none. */
export function withoutRepeats(lists: Lists): { lists: Lists; repeats: number } {
  const kept: Int32Array[] = [];
  let left = 0;
  for (let row = 0; row < listCount(lists); row++) {
    const list = listAt(lists, row);
    const own = distinctIds(list);
    kept.push(own);
    left += own.length;
  }
  const repeats = lists.values.length - left;
  return { lists: repeats > 0 ? toLists(kept) : lists, repeats };
}

/** Ids that are compared one by one. */
const FEW = 16;

/** The ids of a list, each where it is first. */
export function distinctIds(list: Int32Array): Int32Array {
  if (list.length <= FEW && list.every((id, at) => list.indexOf(id) === at)) return list; // most lists: no set is made
  const seen = new Set(list);
  return seen.size < list.length ? Int32Array.from(seen) : list;
}

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

/** Concatenates lists of anything. */
export function toRagged<T>(rows: readonly (readonly T[])[]): Ragged<T[]> {
  const offsets = new Int32Array(rows.length + 1);
  rows.forEach((row, i) => (offsets[i + 1] = offsets[i]! + row.length));
  return { offsets, values: rows.flatMap((row) => row) };
}
