/**
 * A session runs one function of fixed shapes repeatedly, on plain typed arrays. There are two kinds, with one interface:
 * `compile` (fast) and `eager` (the readable reference on any TensorFlow.js back end).
 */
import type * as tf from '@tensorflow/tfjs';

export type DType = 'float32' | 'int32' | 'bool';
/** Row-major values; `bool` is a Uint8Array of 0 and 1. */
export type Data = Float32Array | Int32Array | Uint8Array;
export interface Spec {
  readonly dtype: DType;
  readonly shape: readonly number[];
}
export type Signature = Readonly<Record<string, Spec>>;
export type Arrays = Record<string, Data>;
/** Pure and synchronous: must not read values (`dataSync`), keep state or draw random numbers. */
export type TensorFunction = (inputs: Record<string, tf.Tensor>) => Record<string, tf.Tensor>;

export interface Session extends AsyncDisposable {
  readonly inputs: Signature;
  readonly outputs: Signature;
  /**
   * Takes one array per input and returns one per output. The returned arrays are valid until the next `run` of the same
   * session, so copy what must live longer. The feeds are only read.
   * @throws RangeError when a feed is missing, unknown, of the wrong type or length, or when the session is disposed.
   */
  run(feeds: Arrays): Promise<Arrays>;
}

const arrayTypes = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** Number of values in an array of this shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, dim) => size * dim, 1);

/** A zeroed array for a spec. */
export const allocate = ({ dtype, shape }: Spec): Data => new arrayTypes[dtype](sizeOf(shape));

/** A copy of a list of numbers in the array type of `dtype`. */
export const toData = (dtype: DType, values: ArrayLike<number>): Data => arrayTypes[dtype].from(values);

export const dtypeOf = (data: Data): DType =>
  data instanceof Float32Array ? 'float32' : data instanceof Int32Array ? 'int32' : 'bool';

export const isDType = (dtype: string): dtype is DType => Object.hasOwn(arrayTypes, dtype);

/** A key for `SessionCache`: equal for equal names, types and shapes. */
export function signatureKey(signature: Signature): string {
  return Object.entries(signature)
    .map(([name, { dtype, shape }]) => `${name}:${dtype}[${shape.join(',')}]`)
    .sort()
    .join(' ');
}

/** @throws RangeError naming the input whose type or shape is invalid. */
export function checkSignature(signature: Signature): void {
  for (const [name, { dtype, shape }] of Object.entries(signature)) {
    if (!isDType(dtype))
      throw new RangeError(`signature.${name}.dtype: expected float32, int32 or bool, got ${String(dtype)}`);
    if (!shape.every((dim) => Number.isSafeInteger(dim) && dim >= 0))
      throw new RangeError(
        `signature.${name}.shape: expected integers of at least 0, got [${shape.join(', ')}]`,
      );
  }
}

function checkFeeds(inputs: Signature, feeds: Arrays): void {
  for (const name of Object.keys(feeds))
    if (!Object.hasOwn(inputs, name))
      throw new RangeError(`feeds.${name}: no such input, expected ${Object.keys(inputs).join(', ')}`);
  for (const [name, { dtype, shape }] of Object.entries(inputs)) {
    const data = Object.hasOwn(feeds, name) ? feeds[name] : undefined;
    if (data === undefined) throw new RangeError(`feeds.${name}: missing`);
    if (!(data instanceof arrayTypes[dtype]))
      throw new RangeError(
        `feeds.${name}: expected a ${arrayTypes[dtype].name} (${dtype}), got ${Object.prototype.toString.call(data).slice(8, -1)}`,
      );
    if (data.length !== sizeOf(shape))
      throw new RangeError(
        `feeds.${name}: expected ${sizeOf(shape)} values for shape [${shape.join(', ')}], got ${data.length}`,
      );
  }
}

let live = 0;

/** Sessions of both kinds that are opened and not yet disposed in this thread. */
export const liveSessions = (): number => live;

/** `run` is called with checked feeds. */
export interface SessionParts extends Pick<Session, 'inputs' | 'outputs' | 'run'> {
  /** Frees what the session holds; called once, when no run is in progress. */
  release: () => Promise<void>;
}

/** What both kinds share: checked feeds, the count of live sessions, and disposal that waits for runs in progress. */
export function openSession({ inputs, outputs, run, release }: SessionParts): Session {
  const running = new Set<Promise<unknown>>();
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await Promise.allSettled(running);
    live--;
    await release();
  };
  live++;
  return {
    inputs,
    outputs,
    async run(feeds) {
      if (closed) throw new RangeError('session: run after it was disposed');
      checkFeeds(inputs, feeds);
      const result = run(feeds);
      running.add(result);
      try {
        return await result;
      } finally {
        running.delete(result);
      }
    },
    [Symbol.asyncDispose]: () => (closed ??= close()),
  };
}
