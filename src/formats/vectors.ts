/** Helpers on one row of numbers. */

/** Whether all values are 0, as in the vector of an empty text, which has no direction. */
export const isZero = (row: Float32Array): boolean => row.every((x) => x === 0);

/** Euclidean length. */
export function lengthOf(row: Float32Array | Float64Array): number {
  let sum = 0;
  for (const x of row) sum += x * x;
  return Math.sqrt(sum);
}
