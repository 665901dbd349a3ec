/** Inner products of two matrices' rows as a session, without TensorFlow.js, which takes a second and 50 MB to load. */
import { Graph, inputName, outputName } from './graph.js';
import { load } from './load.js';
import { float } from './onnx.js';
import { openSession, type Session, type Signature } from './session.js';
import { ort } from './onnx-runtime.js';

export interface InnerProductsOptions {
  /** Rows of `a`, rows of `b`, and values in each row. */
  shape: readonly [a: number, b: number, dim: number];
  threads: number;
}

/** From `a` and `b` to `products`, `[rows of a, rows of b]`; what `compile` makes of `tf.matMul(a, b, false, true)`, to the bit. */
export async function innerProducts({ shape, threads }: InnerProductsOptions): Promise<Session> {
  const [rows, columns, dim] = shape;
  const inputs = {
    a: { dtype: 'float32', shape: [rows, dim] },
    b: { dtype: 'float32', shape: [columns, dim] },
  } as const satisfies Signature;
  const out = { dtype: 'float32', shape: [rows, columns] } as const;
  const graph = new Graph();
  const attributes = { transA: 0, transB: 1, alpha: float(1) };
  const factors = [graph.input('a', inputs.a), graph.input('b', inputs.b)];
  graph.output('products', graph.emit('Gemm', factors, out, { attributes }));
  const session = await load(graph.finish(), { threads, device: 'cpu' });
  const products = new Float32Array(rows * columns);
  const fetches = { [outputName('products')]: new ort.Tensor('float32', products, out.shape) };
  return openSession({
    inputs,
    outputs: { products: out },
    async run({ a, b }) {
      const feeds = {
        [inputName('a')]: new ort.Tensor('float32', a as Float32Array, inputs.a.shape),
        [inputName('b')]: new ort.Tensor('float32', b as Float32Array, inputs.b.shape),
      };
      await session.run(feeds, fetches);
      return { products };
    },
    release: () => session.release(),
  });
}
