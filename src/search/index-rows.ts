import { isZero } from '../formats/vectors.js';
import { InputError } from '../errors.js';

/** Vectors to index, and their keys: label ids. */
export interface IndexRows {
  keys: BigUint64Array;
  /** `[keys.length, dim]`. */
  vectors: Float32Array;
}

export interface LabelRows {
  /** The file they come from. */
  path: string;
  /** Label of the first of them. */
  first: number;
  /** `[count, dim]`; overwritten. */
  vectors: Float32Array;
  dim: number;
}

/** The rows that are vectors; rows of zeros belong to labels without text. @throws InputError if a value is not finite. */
export function indexRows({ path, first, vectors, dim }: LabelRows): IndexRows {
  const keys: bigint[] = [];
  for (let i = 0; i < vectors.length / dim; i++) {
    const vector = vectors.subarray(i * dim, (i + 1) * dim);
    if (!vector.every(Number.isFinite))
      throw new InputError(`${path}: the vector of label ${first + i} is not finite`);
    if (isZero(vector)) continue;
    vectors.copyWithin(keys.length * dim, i * dim, (i + 1) * dim);
    keys.push(BigInt(first + i));
  }
  return { keys: BigUint64Array.from(keys), vectors: vectors.subarray(0, keys.length * dim) };
}
