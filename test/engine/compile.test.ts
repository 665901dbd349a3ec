import * as tf from '@tensorflow/tfjs';
import { test } from 'tap';
import { compile } from '../../src/engine/compile.js';
import type { Signature, TensorFunction } from '../../src/engine/session.js';

tf.enableProdMode();

const pair: Signature = { x: { dtype: 'float32', shape: [2] } };

test('tensors that a function closes over become constants', async (t) => {
  await tf.setBackend('cpu');
  const weights = tf.tensor([1, -0, 3], [3]);
  const session = await compile(() => ({ weights, inverse: tf.reciprocal(weights) }), {});
  weights.dispose();
  const { weights: kept, inverse } = await session.run({});
  t.same(kept, Float32Array.of(1, -0, 3));
  t.equal(inverse![1], -Infinity, 'the sign of zero is kept');
  await session[Symbol.asyncDispose]();
});

test('outputs may be inputs, constants, the same array twice, and of any type', async (t) => {
  const fn: TensorFunction = ({ x }) => {
    const positive = tf.greater(x!, 0);
    return {
      x: x!,
      twice: x!,
      positive,
      again: positive,
      ones: tf.onesLike(x!),
      count: tf.scalar(2, 'int32'),
    };
  };
  await using session = await compile(fn, pair);
  const outputs = await session.run({ x: Float32Array.of(-1, 5) });
  t.same(outputs, {
    x: Float32Array.of(-1, 5),
    twice: Float32Array.of(-1, 5),
    positive: Uint8Array.of(0, 1),
    again: Uint8Array.of(0, 1),
    ones: Float32Array.of(1, 1),
    count: Int32Array.of(2),
  });
  t.same(session.outputs['count'], { dtype: 'int32', shape: [] });
});

test('unused inputs are still fed, and any name is accepted', async (t) => {
  const signature: Signature = {
    ...pair,
    t0: { dtype: 'bool', shape: [3] },
    'a b/c': { dtype: 'int32', shape: [] },
  };
  await using session = await compile((inputs) => ({ 'output:y': tf.neg(inputs['a b/c']!) }), signature);
  const outputs = await session.run({
    x: new Float32Array(2),
    t0: new Uint8Array(3),
    'a b/c': Int32Array.of(7),
  });
  t.same(outputs, { 'output:y': Int32Array.of(-7) });
});

test('a function is called once, with tensors of the shapes and types given', async (t) => {
  const calls: Record<string, tf.Tensor>[] = [];
  await using session = await compile((inputs) => {
    calls.push(inputs);
    return { y: tf.square(inputs['x']!) };
  }, pair);
  for (const x of [1, 2])
    t.same(await session.run({ x: Float32Array.of(x, 0) }), { y: Float32Array.of(x * x, 0) });
  t.equal(calls.length, 1);
  t.same([calls[0]!['x']!.shape, calls[0]!['x']!.dtype], [[2], 'float32']);
});

test('empty arrays are accepted and returned', async (t) => {
  const signature: Signature = { x: { dtype: 'float32', shape: [0, 3] } };
  await using session = await compile(({ x }) => ({ y: tf.mul(x!, 2), sum: tf.sum(x!, 0) }), signature);
  t.same(await session.run({ x: new Float32Array(0) }), { y: new Float32Array(0), sum: new Float32Array(3) });
});

test('threads are checked', async (t) => {
  const fn: TensorFunction = ({ x }) => ({ x: x! });
  for (const threads of [0, 1.5, NaN])
    await t.rejects(compile(fn, pair, { threads }), {
      name: 'RangeError',
      message: /^threads: expected at least 1, got/,
    });
  await using session = await compile(fn, pair, { threads: 1 });
  t.same(await session.run({ x: Float32Array.of(1, 2) }), { x: Float32Array.of(1, 2) });
});
