import * as tf from '@tensorflow/tfjs';
import { test } from 'tap';
import { compile } from '../../src/engine/compile.js';
import { eager } from '../../src/engine/eager.js';
import type { Signature, TensorFunction } from '../../src/engine/session.js';

tf.enableProdMode();

const signature: Signature = { x: { dtype: 'float32', shape: [2] } };
const feeds = { x: Float32Array.of(3, 4) };
const squared = { y: Float32Array.of(9, 16) };

test('back ends started concurrently, during a compilation, each run on their own', async (t) => {
  const ranOn = new Set<string>();
  const fn: TensorFunction = ({ x }) => {
    ranOn.add(tf.getBackend());
    return { y: tf.square(x!) };
  };
  const sessions = await Promise.all([
    eager(fn, signature, { backend: 'wasm' }),
    eager(fn, signature, { backend: 'wasm' }),
    eager(fn, signature),
    compile(fn, signature),
  ]);
  t.same([...ranOn].sort(), ['cpu', 'dexa-trace', 'wasm']);
  for (const session of sessions) {
    t.same(await session.run(feeds), squared);
    await session[Symbol.asyncDispose]();
  }
});

test('a run leaves TensorFlow.js on its previous back end', async (t) => {
  await tf.setBackend('cpu');
  await using session = await eager(({ x }) => ({ y: tf.square(x!) }), signature, { backend: 'wasm' });
  t.equal(tf.getBackend(), 'cpu');
  t.same(await session.run(feeds), squared);
  t.equal(tf.getBackend(), 'cpu');
});

test('results are copies: neither the feeds nor a later run change them', async (t) => {
  await using session = await eager(({ x }) => ({ x: x! }), signature);
  const x = Float32Array.of(3, 4);
  const first = await session.run({ x });
  await session.run({ x: x.fill(7) });
  t.same(first, { x: Float32Array.of(3, 4) });
});

test('a kernel that the back end lacks is named, and the previous back end is restored', async (t) => {
  await tf.setBackend('cpu');
  const fn: TensorFunction = ({ x }) => ({ y: tf.unsortedSegmentSum(x!, tf.tensor1d([0, 0], 'int32'), 1) });
  await t.rejects(
    eager(fn, signature, { backend: 'wasm' }),
    /Kernel 'UnsortedSegmentSum' not registered for backend 'wasm'/,
  );
  t.equal(tf.getBackend(), 'cpu');
});
