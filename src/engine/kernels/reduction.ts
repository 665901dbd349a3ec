import {
  util,
  type ArgMaxAttrs,
  type CumsumAttrs,
  type MaxAttrs,
  type SoftmaxAttrs,
  type SumAttrs,
} from '@tensorflow/tfjs';
import type { Graph, Value } from '../graph.js';
import { cast } from './elementwise.js';
import { axisOf, kernel, type Kernel, type KernelTable } from './kernel.js';

/** Axes as in TensorFlow.js: one, several, negative, or none for all. */
export function reduce(
  graph: Graph,
  op: string,
  x: Value,
  axis: number | number[],
  keepDims: boolean,
): Value {
  const axes = util.parseAxisParam(axis, [...x.shape]);
  if (axes.length === 0) return x; // in ONNX, no axes means all axes
  const reduced = x.shape.map((dim, i) => (axes.includes(i) ? 1 : dim));
  const shape = keepDims ? reduced : x.shape.filter((_dim, i) => !axes.includes(i));
  const attributes = { keepdims: keepDims ? 1 : 0 };
  return graph.emit(op, [x, graph.ints(axes)], { dtype: x.dtype, shape }, { attributes });
}

/** Of all values, of rank 0. */
export const mean = (graph: Graph, x: Value): Value =>
  reduce(graph, 'ReduceMean', x, [...x.shape.keys()], false);

export const softmax = (graph: Graph, x: Value, axis = -1): Value =>
  graph.emit('Softmax', [x], x, { attributes: { axis } });

const reduction = (op: string): Kernel =>
  kernel<'x', SumAttrs>((graph, { x }, { axis, keepDims }) => reduce(graph, op, x, axis, keepDims));

/** Reduces booleans as integers: ONNX has no logical reduction. */
const logical = (op: string): Kernel =>
  kernel<'x', SumAttrs>((graph, { x }, { axis, keepDims }) =>
    cast(graph, reduce(graph, op, cast(graph, x, 'int32'), axis, keepDims), 'bool'),
  );

const argument = (op: string): Kernel =>
  kernel<'x', ArgMaxAttrs>((graph, { x }, { axis: given }) => {
    const axis = axisOf(given, x.shape.length);
    const shape = x.shape.filter((_dim, i) => i !== axis);
    const attributes = { axis, keepdims: 0 };
    return cast(graph, graph.emit(op, [x], { dtype: 'int64', shape }, { attributes }), 'int32');
  });

export const reductionKernels: KernelTable = {
  All: logical('ReduceMin'),
  Any: logical('ReduceMax'),
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  Max: kernel<'x', MaxAttrs>((graph, { x }, { reductionIndices, keepDims }) =>
    reduce(graph, 'ReduceMax', x, reductionIndices, keepDims),
  ),
  Mean: kernel<'x', SumAttrs>((graph, { x }, { axis, keepDims }) =>
    reduce(graph, 'ReduceMean', cast(graph, x, 'float32'), axis, keepDims),
  ),
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  Sum: reduction('ReduceSum'),
  Softmax: kernel<'logits', SoftmaxAttrs>((graph, { logits }, { dim }) => softmax(graph, logits, dim)),
  Cumsum: kernel<'x', CumsumAttrs>((graph, { x }, { axis, exclusive, reverse }) =>
    graph.emit('CumSum', [x, graph.int(axis)], x, {
      attributes: { exclusive: Number(exclusive), reverse: Number(reverse) },
    }),
  ),
};
