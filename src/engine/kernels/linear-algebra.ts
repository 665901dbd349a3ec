import type { _FusedMatMulAttrs, BatchMatMulAttrs } from '@tensorflow/tfjs';
import { CompileError } from '../errors.js';
import type { Graph, Value } from '../graph.js';
import { float } from '../onnx.js';
import { sizeOf } from '../session.js';
import { broadcastShapes, elementwise, kernel, reshape, transpose, type KernelTable } from './kernel.js';

interface MatMulOptions {
  transA?: boolean;
  transB?: boolean;
  /** Factor of the product; default 1. */
  alpha?: number;
}

const attributesOf = ({ transA = false, transB = false, alpha = 1 }: MatMulOptions) => ({
  transA: Number(transA),
  transB: Number(transB),
  alpha: float(alpha),
});

const productShape = (a: Value, b: Value, { transA, transB }: MatMulOptions): [number, number] => [
  a.shape.at(transA ? -1 : -2)!,
  b.shape.at(transB ? -2 : -1)!,
];

/** [m, k] · [k, n] + [n] = [m, n]: the fastest of ONNX Runtime's products. */
export function gemm(graph: Graph, a: Value, b: Value, options: MatMulOptions = {}, bias?: Value): Value {
  const out = { dtype: a.dtype, shape: productShape(a, b, options) };
  return graph.emit('Gemm', bias ? [a, b, bias] : [a, b], out, { attributes: attributesOf(options) });
}

/** [..., m, k] · [..., k, n] = [..., m, n], batched. */
export function batchMatMul(graph: Graph, a: Value, b: Value, options: MatMulOptions = {}): Value {
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const out = { dtype: a.dtype, shape: [...batch, ...productShape(a, b, options)] };
  if (graph.standardProducts) {
    const { transA, transB, alpha } = options;
    const turned = [transA ? transposed(graph, a) : a, transB ? transposed(graph, b) : b];
    const product = graph.emit('MatMul', turned, out);
    return alpha === undefined
      ? product
      : elementwise(graph, 'Mul', [product, graph.scalar(alpha, 'float32')]);
  }
  return graph.emit('FusedMatMul', [a, b], out, {
    attributes: attributesOf(options),
    domain: 'com.microsoft',
  });
}

/** Swaps the last two axes. */
function transposed(graph: Graph, x: Value): Value {
  const rank = x.shape.length;
  return transpose(graph, x, [...Array(rank - 2).keys(), rank - 1, rank - 2]);
}

function matMul(graph: Graph, a: Value, b: Value, options: MatMulOptions, bias?: Value): Value {
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const perColumn = bias?.shape.length === 1;
  if (sizeOf(batch) !== 1) {
    const product = batchMatMul(graph, a, b, options);
    return bias ? elementwise(graph, 'Add', [product, bias]) : product;
  }
  const product = gemm(graph, matrix(graph, a), matrix(graph, b), options, perColumn ? bias : undefined);
  const shaped = reshape(graph, product, [...batch, ...product.shape]);
  return bias && !perColumn ? elementwise(graph, 'Add', [shaped, bias]) : shaped;
}

const matrix = (graph: Graph, x: Value): Value =>
  x.shape.length === 2 ? x : reshape(graph, x, x.shape.slice(-2));

const transposes = ({ transposeA, transposeB }: BatchMatMulAttrs): MatMulOptions => ({
  transA: transposeA,
  transB: transposeB,
});

const activations: Readonly<Record<string, (graph: Graph, x: Value) => Value>> = {
  linear: (_graph, x) => x,
  relu: (graph, x) => elementwise(graph, 'Relu', [x]),
  sigmoid: (graph, x) => elementwise(graph, 'Sigmoid', [x]),
  elu: (graph, x) => elementwise(graph, 'Elu', [x]),
};

export const linearAlgebraKernels: KernelTable = {
  BatchMatMul: kernel<'a' | 'b', BatchMatMulAttrs>((graph, { a, b }, attrs) =>
    matMul(graph, a, b, transposes(attrs)),
  ),
  _FusedMatMul: (graph, { a, b, bias }, attrs) => {
    const { activation, ...rest } = attrs as _FusedMatMulAttrs;
    const activate = activations[activation];
    if (!activate) throw new CompileError(`_FusedMatMul: no ONNX form of the activation ${activation}`);
    return activate(graph, matMul(graph, a!, b!, transposes(rest), bias));
  },
};
