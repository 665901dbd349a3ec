/** Input arrays for tests: reproducible random ones, and given ones. */
import { sizeOf, toData, type Data, type DType, type Spec } from '../../src/engine/session.js';
import { Random } from '../../src/random.js';

export interface Given extends Spec {
  readonly data: Data;
}

export const given = (dtype: DType, shape: readonly number[], values: ArrayLike<number>): Given => ({
  dtype,
  shape,
  data: toData(dtype, values),
});

const random = Random.of(1, 'given');

const drawn = (dtype: DType, shape: readonly number[], draw: () => number): Given =>
  given(dtype, shape, Array.from({ length: sizeOf(shape) }, draw));

/** Uniform in [-2, 2). */
export const floats = (...shape: number[]): Given => drawn('float32', shape, () => 4 * random.next() - 2);

/** Uniform in [0.5, 2.5). */
export const positive = (...shape: number[]): Given => drawn('float32', shape, () => 0.5 + 2 * random.next());

/** float32 integers from -2 to 2, many of them equal. */
export const tied = (...shape: number[]): Given => drawn('float32', shape, () => random.below(5) - 2);

/** Integers from -9 to 9 without 0. */
export const ints = (...shape: number[]): Given =>
  drawn('int32', shape, () => (1 + random.below(9)) * (random.below(2) === 0 ? 1 : -1));

/** Integers from 0 to `end` - 1. */
export const below = (end: number, ...shape: number[]): Given =>
  drawn('int32', shape, () => random.below(end));

export const bools = (...shape: number[]): Given => drawn('bool', shape, () => random.below(2));

/** float32 numbers as they are. */
export const exactly = (...values: number[]): Given => given('float32', [values.length], values);
