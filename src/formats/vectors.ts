/** What is asked of a row of numbers in several places. */

/** Whether all values are 0, as the vector of an empty text is: it has no direction. */
export const isZero = (row: Float32Array): boolean => row.every((x) => x === 0);

/** Euclidean. */
export function lengthOf(row: Float32Array | Float64Array): number {
  let sum = 0;
  for (const x of row) sum += x * x;
  return Math.sqrt(sum);
}
