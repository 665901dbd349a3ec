import {
  util,
  type GatherV2Attrs,
  type OneHotAttrs,
  type RangeAttrs,
  type ScatterNdAttrs,
  type TopKAttrs,
  type UnsortedSegmentSumAttrs,
} from '@tensorflow/tfjs';
import { CompileError } from '../errors.js';
import type { Graph, Value } from '../graph.js';
import { allocate, sizeOf, type DType } from '../session.js';
import { cast, select } from './elementwise.js';
import { broadcastTo, elementwise, kernel, reshape, type KernelTable } from './kernel.js';
import { segmentSum } from './segment-sum.js';

/** Sums `updates` into zeros of `shape` at `indices` [..., depth]: a segment sum over row-major positions. */
function scatter(graph: Graph, indices: Value, updates: Value, shape: readonly number[]): Value {
  const depth = indices.shape.at(-1)!;
  const places = shape.slice(0, depth);
  const strides = Int32Array.from(places, (_dim, i) => sizeOf(places.slice(i + 1)));
  const factors = graph.constant(strides, { dtype: 'int32', shape: [depth] });
  const scaled = elementwise(graph, 'Mul', [indices, factors]);
  const out = { dtype: 'int32', shape: indices.shape.slice(0, -1) } as const;
  const place = graph.emit('ReduceSum', [scaled, graph.ints([-1])], out, { attributes: { keepdims: 0 } });
  return reshape(graph, segmentSum(graph, updates, place, sizeOf(places)), shape);
}

function gather(graph: Graph, x: Value, indices: Value, { axis: given, batchDims }: GatherV2Attrs): Value {
  const axis = util.parseAxisParam(given, [...x.shape])[0]!;
  const shape = [...x.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...x.shape.slice(axis + 1)];
  const out = { dtype: x.dtype, shape };
  if (batchDims === 0) return graph.emit('Gather', [x, indices], out, { attributes: { axis } });
  if (batchDims !== axis)
    throw new CompileError(`GatherV2: no ONNX form of batchDims ${batchDims} with axis ${axis}`);
  const tuples = reshape(graph, cast(graph, indices, 'int64'), [...indices.shape, 1]);
  return graph.emit('GatherND', [x, tuples], out, { attributes: { batch_dims: batchDims } });
}

/** If the range descends, a step of 1, the default, means -1. */
function range(graph: Graph, { start, stop, step: given, dtype }: RangeAttrs): Value {
  const step = stop < start && given === 1 ? -1 : given;
  const spec = { dtype, shape: [Math.max(0, Math.ceil((stop - start) / step))] };
  const numbers = allocate(spec);
  for (let i = 0, number = start; i < numbers.length; i++, number += step) numbers[i] = number;
  return graph.constant(numbers, spec);
}

/** The `k` largest values of each row, and their columns as int32. */
export function topK(graph: Graph, x: Value, k: number, sorted = true): [values: Value, columns: Value] {
  const shape = x.shape.with(-1, k);
  const outs = [
    { dtype: x.dtype, shape },
    { dtype: 'int64', shape },
  ] as const;
  const attributes = { axis: -1, sorted: Number(sorted) };
  const [values, indices] = graph.emitAll('TopK', [x, graph.ints([k])], outs, { attributes });
  return [values!, cast(graph, indices!, 'int32')];
}

/** `[rows, cols]`, zero but for `values` at their `columns`; of one place the sum. */
export function scatterColumns(
  graph: Graph,
  shape: readonly [rows: number, cols: number],
  columns: Value,
  values: Value,
): Value {
  const none = broadcastTo(graph.scalar(0, 'float32'), shape);
  return graph.emit('ScatterElements', [none, columns, values], none, {
    attributes: { axis: 1, reduction: 'add' },
  });
}

export const indexingKernels: KernelTable = {
  GatherV2: kernel<'x' | 'indices', GatherV2Attrs>((graph, { x, indices }, attrs) =>
    gather(graph, x, indices, attrs),
  ),
  GatherNd: kernel<'params' | 'indices'>((graph, { params, indices }) => {
    const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(indices.shape.at(-1))];
    return graph.emit('GatherND', [params, cast(graph, indices, 'int64')], { dtype: params.dtype, shape });
  }),
  ScatterNd: kernel<'indices' | 'updates', ScatterNdAttrs>((graph, { indices, updates }, { shape }) =>
    scatter(graph, indices, updates, shape),
  ),
  UnsortedSegmentSum: kernel<'x' | 'segmentIds', UnsortedSegmentSumAttrs>(
    (graph, { x, segmentIds }, { numSegments }) => segmentSum(graph, x, segmentIds, numSegments),
  ),
  OneHot: kernel<'indices', OneHotAttrs>((graph, { indices }, { depth, onValue, offValue, dtype }) => {
    const classes = range(graph, { start: 0, stop: depth, step: 1, dtype: 'int32' });
    const column = reshape(graph, indices, [...indices.shape, 1]);
    const hot = elementwise(graph, 'Equal', [column, classes], 'bool');
    const type = dtype as DType;
    return select(graph, hot, graph.scalar(onValue, type), graph.scalar(offValue, type));
  }),
  Range: kernel<never, RangeAttrs>((graph, _inputs, attrs) => range(graph, attrs)),
  TopK: kernel<'x', TopKAttrs>((graph, { x }, { k, sorted }) => topK(graph, x, k, sorted)),
};
