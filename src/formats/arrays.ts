/** Typed arrays: joined, and ids that are sorted or looked up. */

/** All values of several arrays, in order, in a new array of the type `Of`. */
export function joined<A extends Int32Array | Float32Array>(
  Of: new (length: number) => A,
  parts: readonly A[],
): A {
  const all = new Of(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

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
