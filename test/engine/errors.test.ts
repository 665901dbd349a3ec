import * as tf from '@tensorflow/tfjs';
import { test } from 'tap';
import { compile } from '../../src/engine/compile.js';
import { eager } from '../../src/engine/eager.js';
import { CompileError } from '../../src/engine/errors.js';
import { BackendError } from '../../src/errors.js';
import type { Signature, TensorFunction } from '../../src/engine/session.js';

tf.enableProdMode();

const signature: Signature = { x: { dtype: 'float32', shape: [2, 2] }, n: { dtype: 'int32', shape: [2, 2] } };

/** The error of `compile`, which must leave TensorFlow.js on its previous back end. */
async function failure(fn: TensorFunction): Promise<unknown> {
  await tf.setBackend('cpu');
  const error: unknown = await compile(fn, signature).catch((error: unknown) => error);
  return tf.getBackend() === 'cpu' ? error : new RangeError(`left on ${tf.getBackend()}`);
}

const refused: Record<string, [fn: TensorFunction, message: RegExp]> = {
  'a kernel without ONNX form is named, and where to add it': [
    ({ x }) => ({ y: tf.cos(x!) }),
    /^kernel Cos has no ONNX form: add it to the table of its family in src\/engine\/kernels\/$/,
  ],
  'so is one that only a gradient needs': [
    ({ x }) => ({ y: tf.grad((x) => tf.prod(x, 0))(x!) }),
    /^kernel Cumprod has no ONNX form: /,
  ],
  'reading an input fails and names it': [
    ({ x }) => ({ y: tf.fill([2], x!.dataSync()[0]!) }),
    /^a compiled function cannot read values: the input x is only known when the session runs/,
  ],
  'reading a result fails and names its kernel': [
    ({ x }) => ({ y: tf.fill([2], (tf.sum(x!).arraySync() as number) + 1) }),
    /^a compiled function cannot read values: the result of Sum is only known when the session runs/,
  ],
  'text is no number': [
    () => ({ y: tf.tensor(['a']) }),
    /^a compiled function cannot hold a tensor of type string$/,
  ],
  'a result must not have been disposed': [
    ({ x }) => {
      const y = tf.square(x!);
      y.dispose();
      return { y };
    },
    /^a tensor was used after it was disposed$/,
  ],
  'an activation without ONNX form is named': [
    ({ x }) => ({ y: tf.fused.matMul({ a: x as tf.Tensor2D, b: x as tf.Tensor2D, activation: 'relu6' }) }),
    /^_FusedMatMul: no ONNX form of the activation relu6$/,
  ],
  'a gather with fewer batch dimensions than its axis is refused': [
    ({ x, n }) => ({ y: tf.gather(tf.expandDims(x!), tf.expandDims(n!), 2, 1) }),
    /^GatherV2: no ONNX form of batchDims 1 with axis 2$/,
  ],
  'types that ONNX Runtime has no kernel for are refused': [
    ({ n }) => ({ y: tf.matMul(n as tf.Tensor2D, n as tf.Tensor2D) }),
    /^ONNX Runtime rejects the graph: .*Gemm/,
  ],
};

for (const [name, [fn, message]] of Object.entries(refused))
  test(name, async (t) => {
    const error = await failure(fn);
    t.type(error, CompileError);
    t.match((error as CompileError).message, message);
    t.equal((error as CompileError).code, 'ERR_COMPILE');
  });

test('errors of the function itself are passed on unchanged', async (t) => {
  const thrown = new TypeError('mine');
  const fn = (): never => {
    throw thrown;
  };
  t.equal(await failure(fn), thrown);
  t.equal(await eager(fn, signature).catch((error: unknown) => error), thrown);
});

test('a back end that is not installed is reported in one line', async (t) => {
  await tf.setBackend('cpu');
  const fn: TensorFunction = ({ x }) => ({ x: x! });
  const error: unknown = await eager(fn, signature, { backend: 'tensorflow' }).catch((e: unknown) => e);
  t.type(error, BackendError);
  const { message, code, cause } = error as BackendError;
  t.equal(
    message,
    'backend tensorflow: could not load @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node; is it installed?',
  );
  t.equal(code, 'ERR_BACKEND');
  t.equal((cause as AggregateError).errors.length, 2, 'with the cause for each package');
  t.equal(tf.getBackend(), 'cpu');
});
