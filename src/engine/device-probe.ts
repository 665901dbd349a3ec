/** `node device-probe.js DEVICE`: exits with 0 if a small training step matches the CPU's; else prints why not, in one line. */
import * as tf from '@tensorflow/tfjs';
import { compile } from './compile.js';
import { eager } from './eager.js';
import type { Provider } from './load.js';
import type { Arrays, Signature, TensorFunction } from './session.js';

const TOLERANCE = 1e-3;

const size = 64;
const matrix = { dtype: 'float32', shape: [size, size] } as const;
const signature: Signature = { x: matrix, w: matrix };
/** One step of gradient descent. */
const fn: TensorFunction = ({ x, w }) => {
  const loss = (weight: tf.Tensor) =>
    tf.mean<tf.Scalar>(tf.softmax(tf.matMul(tf.tanh(tf.matMul(x!, weight)), weight, false, true)).square());
  const { grad } = tf.valueAndGrad(loss)(w!);
  return { grad, w: tf.sub(w!, tf.mul(grad, 100)) };
};
const feeds = {
  x: Float32Array.from({ length: size * size }, (_x, i) => Math.sin(i)),
  w: Float32Array.from({ length: size * size }, (_x, i) => 0.3 * Math.cos(3 * i)),
};

/** The gradient, and the parameter after the step. */
async function step(device: string): Promise<Arrays> {
  if (device === 'tensorflow') {
    await using session = await eager(fn, signature, { backend: 'tensorflow' });
    return await session.run(feeds);
  }
  const { x, w } = feeds;
  await using session = await compile(fn, signature, { device: device as Provider, state: { w } });
  return { ...(await session.run({ x })), ...(await session.read()) };
}

/** Largest difference, relative to the largest value. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [worst, scale] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
    scale = Math.max(scale, Math.abs(b[i]!));
  }
  return worst / scale;
}

try {
  const [actual, expected] = [await step(process.argv[2]!), await step('cpu')];
  const worst = Math.max(...Object.keys(expected).map((name) => difference(actual[name]!, expected[name]!)));
  if (!(worst < TOLERANCE)) {
    process.stdout.write(
      `device ${process.argv[2]}: its gradients differ from the CPU's by ${worst.toPrecision(2)}\n`,
    );
    process.exitCode = 1;
  }
} catch (error) {
  process.stdout.write(`${(error as Error).message.replace(/\s+/g, ' ').slice(0, 200)}\n`);
  process.exitCode = 1;
}
