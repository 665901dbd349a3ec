import type { _FusedMatMulAttrs, BatchMatMulAttrs } from '@tensorflow/tfjs';
import { CompileError } from '../errors.js';
import type { Graph, Value } from '../graph.js';
import { sizeOf } from '../session.js';
import { broadcastShapes, elementwise, kernel, reshape, type KernelTable } from './kernel.js';

/** [..., m, k] · [..., k, n] = [..., m, n]; a single matrix product is a Gemm, the fastest of ONNX Runtime's. */
function matMul(graph: Graph, a: Value, b: Value, { transposeA, transposeB }: BatchMatMulAttrs): Value {
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...batch, a.shape.at(transposeA ? -1 : -2)!, b.shape.at(transposeB ? -2 : -1)!];
  const attributes = { transA: Number(transposeA), transB: Number(transposeB) };
  if (sizeOf(batch) !== 1)
    return graph.emit(
      'FusedMatMul',
      [a, b],
      { dtype: a.dtype, shape },
      { attributes, domain: 'com.microsoft' },
    );
  const product = graph.emit(
    'Gemm',
    [matrix(graph, a), matrix(graph, b)],
    { dtype: a.dtype, shape: shape.slice(-2) },
    { attributes },
  );
  return batch.length === 0 ? product : reshape(graph, product, shape);
}

const matrix = (graph: Graph, x: Value): Value =>
  x.shape.length === 2 ? x : reshape(graph, x, x.shape.slice(-2));

const activations: Readonly<Record<string, (graph: Graph, x: Value) => Value>> = {
  linear: (_graph, x) => x,
  relu: (graph, x) => elementwise(graph, 'Relu', [x]),
  sigmoid: (graph, x) => elementwise(graph, 'Sigmoid', [x]),
  elu: (graph, x) => elementwise(graph, 'Elu', [x]),
};

export const linearAlgebraKernels: KernelTable = {
  BatchMatMul: kernel<'a' | 'b', BatchMatMulAttrs>((graph, { a, b }, attrs) => matMul(graph, a, b, attrs)),
  _FusedMatMul: (graph, { a, b, bias }, attrs) => {
    const { activation, ...transposes } = attrs as _FusedMatMulAttrs;
    const activate = activations[activation];
    if (!activate) throw new CompileError(`_FusedMatMul: no ONNX form of the activation ${activation}`);
    const product = matMul(graph, a!, b!, transposes);
    return activate(graph, bias ? elementwise(graph, 'Add', [product, bias]) : product);
  },
};
