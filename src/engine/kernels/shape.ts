import {
  backend_util,
  slice_util,
  util,
  type ConcatAttrs,
  type ExpandDimsAttrs,
  type PackAttrs,
  type PadV2Attrs,
  type ReshapeAttrs,
  type ReverseAttrs,
  type SliceAttrs,
  type SplitVAttrs,
  type StridedSliceAttrs,
  type TileAttrs,
  type TransposeAttrs,
  type UnpackAttrs,
} from '@tensorflow/tfjs';
import type { Graph, Value } from '../graph.js';
import { sizeOf, type DType } from '../session.js';
import { axisOf, broadcastTo, kernel, reshape, tensorInfo, transpose, type KernelTable } from './kernel.js';

/** In ONNX a negative end counts from the back, so "before the first" needs a number beyond every size. */
const beforeFirst = -(2 ** 31);

const insertAxis = (shape: readonly number[], axis: number): number[] => [
  ...shape.slice(0, axis),
  1,
  ...shape.slice(axis),
];

/** Along an axis. */
export function concat(graph: Graph, values: readonly Value[], axis: number): Value {
  const { dtype, shape } = values[0]!;
  const size = values.reduce((sum, value) => sum + value.shape[axis]!, 0);
  return graph.emit('Concat', values, { dtype, shape: shape.with(axis, size) }, { attributes: { axis } });
}

function split(graph: Graph, x: Value, sizes: readonly number[], axis: number): Value[] {
  const outs = sizes.map((size) => ({ dtype: x.dtype, shape: x.shape.with(axis, size) }));
  return graph.emitAll('Split', [x, graph.ints(sizes)], outs, { attributes: { axis } });
}

function stridedSlice(graph: Graph, x: Value, attrs: StridedSliceAttrs): Value {
  const { begin, end, strides, finalShapeSparse, finalShape } = slice_util.sliceInfo(
    [...x.shape],
    attrs.begin,
    attrs.end,
    attrs.strides,
    attrs.beginMask,
    attrs.endMask,
    attrs.ellipsisMask,
    attrs.newAxisMask,
    attrs.shrinkAxisMask,
  );
  const ends = end.map((stop) => (stop < 0 ? beforeFirst : stop));
  const axes = begin.map((_start, i) => i);
  const shape = x.shape.map((_dim, i) => Math.max(0, Math.ceil((end[i]! - begin[i]!) / strides[i]!)));
  util.assert(sizeOf(shape) === sizeOf(finalShapeSparse), () => `StridedSlice: [${shape.join()}]`);
  const parameters = [begin, ends, axes, strides].map((numbers) => graph.ints(numbers));
  return reshape(graph, graph.emit('Slice', [x, ...parameters], { dtype: x.dtype, shape }), finalShape);
}

export const shapeKernels: KernelTable = {
  Reshape: kernel<'x', ReshapeAttrs>((graph, { x }, { shape }) =>
    reshape(graph, x, util.inferFromImplicitShape(shape, sizeOf(x.shape))),
  ),
  ExpandDims: kernel<'input', ExpandDimsAttrs>((graph, { input }, { dim }) =>
    reshape(graph, input, insertAxis(input.shape, axisOf(dim, input.shape.length + 1))),
  ),
  Transpose: kernel<'x', TransposeAttrs>((graph, { x }, { perm }) =>
    perm.every((from, to) => from === to) ? x : transpose(graph, x, perm),
  ),
  Tile: kernel<'x', TileAttrs>((graph, { x }, { reps }) => {
    const shape = x.shape.map((dim, i) => dim * reps[i]!);
    if (x.shape.every((dim, i) => dim === 1 || reps[i] === 1)) return broadcastTo(x, shape);
    return graph.emit('Tile', [x, graph.ints(reps)], { dtype: x.dtype, shape });
  }),
  Slice: kernel<'x', SliceAttrs>((graph, { x }, attrs) => {
    const [begin, size] = slice_util.parseSliceParams(tensorInfo(x), attrs.begin, attrs.size) as [
      number[],
      number[],
    ];
    if (size.every((dim, i) => dim === x.shape[i])) return x;
    const end = begin.map((start, i) => start + size[i]!);
    return graph.emit('Slice', [x, graph.ints(begin), graph.ints(end)], { dtype: x.dtype, shape: size });
  }),
  StridedSlice: kernel<'x', StridedSliceAttrs>((graph, { x }, attrs) => stridedSlice(graph, x, attrs)),
  Concat: (graph, inputs, attrs) => {
    const values = Object.values(inputs);
    return concat(graph, values, axisOf((attrs as ConcatAttrs).axis, values[0]!.shape.length));
  },
  SplitV: kernel<'x', SplitVAttrs>((graph, { x }, { numOrSizeSplits, axis: given }) => {
    const axis = axisOf(given, x.shape.length);
    return split(graph, x, backend_util.prepareSplitSize(tensorInfo(x), numOrSizeSplits, axis), axis);
  }),
  Pack: (graph, inputs, attrs) => {
    const values = Object.values(inputs);
    const axis = axisOf((attrs as PackAttrs).axis, values[0]!.shape.length + 1);
    const widened = values.map((value) => reshape(graph, value, insertAxis(value.shape, axis)));
    return concat(graph, widened, axis);
  },
  Unpack: kernel<'value', UnpackAttrs>((graph, { value }, { axis: given }) => {
    const axis = axisOf(given, value.shape.length);
    const shape = value.shape.toSpliced(axis, 1);
    const ones = Array.from({ length: value.shape[axis]! }, () => 1);
    return split(graph, value, ones, axis).map((part) => reshape(graph, part, shape));
  }),
  PadV2: kernel<'x', PadV2Attrs>((graph, { x }, { paddings, constantValue }) => {
    const pads = graph.ints([...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)]);
    const shape = x.shape.map((dim, i) => dim + paddings[i]![0] + paddings[i]![1]);
    const fill = graph.scalar(constantValue, x.dtype as DType);
    return graph.emit('Pad', [x, pads, fill], { dtype: x.dtype, shape });
  }),
  Reverse: kernel<'x', ReverseAttrs>((graph, { x }, { dims }) => {
    const axes = util.parseAxisParam(dims, [...x.shape]);
    if (axes.length === 0) return x;
    const every = (number: number): Value => graph.ints(axes.map(() => number));
    return graph.emit('Slice', [x, every(-1), every(beforeFirst), graph.ints(axes), every(-1)], x);
  }),
};
