/** Compares a compiled function with the same function run eagerly on TensorFlow.js' `cpu` back end. */
import * as tf from '@tensorflow/tfjs';
import type { Test } from 'tap';
import { compile } from '../../src/engine/compile.js';
import { eager } from '../../src/engine/eager.js';
import type { Arrays, Signature, TensorFunction } from '../../src/engine/session.js';
import { Random } from '../../src/random.js';
import type { Given } from './given.js';

/** One use of a kernel. */
export interface Case {
  inputs: readonly Given[];
  fn: (...inputs: tf.Tensor[]) => tf.Tensor | readonly tf.Tensor[];
  /** Whether the gradients of all float32 inputs must agree too. */
  gradients?: boolean;
}

/** Largest difference, relative to `scale` (by default to each expected number above 1). NaN differs from all else. */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>, scale?: number): number {
  if (actual.length !== expected.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [actual[i]!, expected[i]!];
    if (Object.is(a, b) || a === b) continue;
    const difference = Math.abs(a - b) / (scale ?? Math.max(1, Math.abs(b)));
    worst = Math.max(worst, Number.isNaN(difference) ? Infinity : difference);
  }
  return worst;
}

export const largest = (values: ArrayLike<number>): number =>
  Array.from(values, Math.abs).reduce((most, x) => Math.max(most, x), 0);

/** Both results of a function. */
export async function both(
  t: Test,
  fn: TensorFunction,
  { signature, feeds }: { signature: Signature; feeds: Arrays },
): Promise<{ compiled: Arrays; expected: Arrays }> {
  await using session = await compile(fn, signature);
  await using reference = await eager(fn, signature);
  t.same(session.outputs, reference.outputs, 'names, types and shapes');
  return { compiled: await session.run(feeds), expected: await reference.run(feeds) };
}

export async function agree(t: Test, { inputs, fn, gradients = false }: Case): Promise<void> {
  const named = inputs.map((input, i) => [`${i}`, input] as const);
  const signature = Object.fromEntries(named.map(([name, { dtype, shape }]) => [name, { dtype, shape }]));
  const feeds = Object.fromEntries(named.map(([name, { data }]) => [name, data]));
  const { compiled, expected } = await both(
    t,
    (given) => {
      const tensors = inputs.map((_input, i) => given[i]!);
      return { ...values(fn, tensors), ...(gradients && gradientsOf(fn, tensors)) };
    },
    { signature, feeds },
  );
  const differences = Object.entries(expected).map(([name, array]) => distance(compiled[name]!, array));
  t.ok(
    differences.every((difference) => difference < 1e-5),
    `differences: ${differences.join()}`,
  );
}

/** The kernels that a case uses. */
export async function kernelsOf({ inputs, fn }: Case): Promise<string[]> {
  await tf.setBackend('cpu');
  const { kernelNames } = await tf.profile(() => {
    tf.tidy(() => {
      fn(...inputs.map(({ data, shape, dtype }) => tf.tensor(data, [...shape], dtype)));
    });
  });
  return kernelNames;
}

const list = (result: tf.Tensor | readonly tf.Tensor[]): readonly tf.Tensor[] =>
  result instanceof tf.Tensor ? [result] : result;

const values = (fn: Case['fn'], tensors: tf.Tensor[]): Record<string, tf.Tensor> =>
  Object.fromEntries(list(fn(...tensors)).map((tensor, i) => [`value ${i}`, tensor]));

/** The gradient of Σ w·y² over the results y, with random w, so that all its values differ. */
function gradientsOf(fn: Case['fn'], tensors: tf.Tensor[]): Record<string, tf.Tensor> {
  const random = Random.of(1, 'weights');
  const isFloat = tensors.map(({ dtype }) => dtype === 'float32');
  const loss = (...floats: tf.Tensor[]): tf.Scalar => {
    const rest = floats.values();
    const all = tensors.map((tensor, i) => (isFloat[i] ? rest.next().value! : tensor));
    const terms = list(fn(...all)).map((y) => {
      const weights = Float32Array.from({ length: y.size }, () => 0.5 + random.next());
      return tf.sum(tf.mul(tf.square(y), tf.tensor(weights, y.shape)));
    });
    return terms.reduce((sum, term) => tf.add(sum, term)) as tf.Scalar;
  };
  const gradients = tf.grads(loss)(tensors.filter((_tensor, i) => isFloat[i]));
  return Object.fromEntries(gradients.map((tensor, i) => [`gradient ${i}`, tensor]));
}
