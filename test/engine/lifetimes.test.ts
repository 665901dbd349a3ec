/** Sessions, tensors and arrays: what is opened is closed, and what is reused is not created again. */
import * as tf from '@tensorflow/tfjs';
import { test } from 'tap';
import { compile } from '../../src/engine/compile.js';
import { eager } from '../../src/engine/eager.js';
import { liveSessions, type Data, type Signature, type TensorFunction } from '../../src/engine/session.js';
import { randomStep } from './steps.js';

tf.enableProdMode();

const signature: Signature = { x: { dtype: 'float32', shape: [2, 2] } };
const feeds = { x: Float32Array.of(1, 2, 3, 4) };

const loss = (x: tf.Tensor): tf.Scalar => tf.sum(tf.square(tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D)));
const gradient: TensorFunction = ({ x }) => {
  const { value, grad } = tf.valueAndGrad((x) => loss(x))(x!);
  return { value, grad };
};

const failing: Record<string, TensorFunction> = {
  'that throws': ({ x }) => {
    tf.square(x!);
    throw new RangeError('no');
  },
  'that throws in a gradient': ({ x }) => ({
    y: tf.grad((x) => {
      const saved = tf.square(tf.exp(x));
      throw new RangeError(`no ${saved.size}`);
    })(x!),
  }),
  'with a kernel that has no ONNX form, in a gradient': ({ x }) => ({
    y: tf.grad((x) => tf.sum(tf.cos(tf.exp(x))))(x!),
  }),
  'whose backward pass has no ONNX form': ({ x }) => ({ y: tf.grad((x) => tf.sum(tf.sin(x)))(x!) }),
  'that reads a value': ({ x }) => ({ y: tf.fill([2], loss(x!).dataSync()[0]!) }),
};

for (const [kind, open] of Object.entries({ compile, eager }))
  test(`${kind}: sessions are counted and tensors freed`, async (t) => {
    await tf.setBackend('cpu');
    const [sessions, tensors] = [liveSessions(), tf.memory().numTensors];
    const session = await open(gradient, signature);
    t.equal(liveSessions(), sessions + 1);
    t.equal(tf.memory().numTensors, tensors, 'after it was opened');
    await session.run(feeds);
    t.equal(tf.memory().numTensors, tensors, 'after a run');
    await session[Symbol.asyncDispose]();
    await session[Symbol.asyncDispose]();
    t.equal(liveSessions(), sessions);
  });

for (const [what, fn] of Object.entries(failing))
  test(`a function ${what} leaves no session and no tensor, and the next compiles`, async (t) => {
    await tf.setBackend('cpu');
    const [sessions, tensors] = [liveSessions(), tf.memory().numTensors];
    await t.rejects(compile(fn, signature));
    t.equal(liveSessions(), sessions);
    t.equal(tf.memory().numTensors, tensors);
    await using session = await compile(gradient, signature);
    t.equal((await session.run(feeds))['value']![0], 49 + 100 + 225 + 484);
  });

test('tensors that a function closes over are left to their owner', async (t) => {
  await tf.setBackend('cpu');
  const weights = tf.tensor([1, 2, 3, 4], [2, 2]);
  const tensors = tf.memory().numTensors;
  await using session = await compile(({ x }) => ({ y: tf.mul(x!, weights) }), signature);
  t.equal(tf.memory().numTensors, tensors);
  t.same(weights.dataSync(), Float32Array.of(1, 2, 3, 4));
  weights.dispose();
  t.same(await session.run(feeds), { y: Float32Array.of(1, 4, 9, 16) });
});

test('every run writes into the same output arrays', async (t) => {
  const { signature, feeds, fn } = randomStep(1, {
    batch: 4,
    length: [3, 2],
    rows: 20,
    auxiliary: true,
  });
  await using session = await compile(fn, signature);
  const arrays = new Set<Data>();
  for (let i = 0; i < 200; i++)
    for (const array of Object.values(await session.run(feeds))) arrays.add(array);
  t.equal(arrays.size, Object.keys(session.outputs).length);
});

test('the next run reads the state of a session', async (t) => {
  const first = Float32Array.of(1, 2, 3, 4);
  await using session = await compile(
    ({ x, by }) => ({ x: tf.add(x!, by!), before: tf.mul(x!, 1) }),
    { ...signature, by: { dtype: 'float32', shape: [] } },
    { state: { x: first } },
  );
  t.same(Object.keys(session.inputs), ['by']);
  t.same(Object.keys(session.outputs), ['before']);
  for (let i = 0; i < 200; i++) {
    const { before } = await session.run({ by: Float32Array.of(2) });
    t.equal(before![0], 1 + 2 * i);
  }
  t.same(await session.read(), { x: Float32Array.of(401, 402, 403, 404) });
  t.same(first, Float32Array.of(1, 2, 3, 4), 'the first values were copied');
});
