/** Training texts of each label, in one byte per label: a tree only compares them. */
import { Matrix } from '../formats/npy.js';

/** Steps per doubling. */
const STEPS = 8;
const BLOCK = 65_536;

/** 0 for none, then rising with the logarithm; exact up to 5 texts. At most 248. */
export const frequencyClass = (count: number): number => Math.round(STEPS * Math.log2(1 + count));

/** Reads int32 counts `[labels]` from an `.npy` file. A label beyond them has none. */
export function readFrequencies(path: string): (label: number) => number {
  using counts = Matrix.open(path, 'int32');
  const classes = new Uint8Array(counts.rows);
  for (const { begin, values } of counts.blocks(BLOCK))
    values.forEach((count, i) => (classes[begin + i] = frequencyClass(count)));
  return (label) => classes[label] ?? 0;
}
