import type { CastAttrs, ClipByValueAttrs, FillAttrs, StepAttrs } from '@tensorflow/tfjs';
import type { Graph, Value } from '../graph.js';
import { elementTypes, type ElementType } from '../onnx.js';
import type { DType } from '../session.js';
import {
  broadcastShapes,
  broadcastTo,
  elementwise,
  kernel,
  type Kernel,
  type KernelTable,
} from './kernel.js';

const unary = (op: string): Kernel => kernel<'x'>((graph, { x }) => elementwise(graph, op, [x]));

/** Functions of one array that TensorFlow.js and ONNX call the same. */
const SAME_NAME = [
  ...['Abs', 'Ceil', 'Erf', 'Exp', 'Floor', 'Log', 'Neg', 'Reciprocal', 'Relu', 'Sigmoid'],
  ...['Sign', 'Softplus', 'Sqrt', 'Tanh'],
];

/** `neutral` is the operand that returns the other one unchanged: backward passes multiply by ones. */
const binary = (op: string, { dtype, neutral }: { dtype?: DType; neutral?: number } = {}): Kernel =>
  kernel<'a' | 'b'>((graph, { a, b }) => {
    const shape = broadcastShapes(a.shape, b.shape);
    if (neutral !== undefined && b.constant === neutral) return broadcastTo(a, shape);
    if (neutral !== undefined && a.constant === neutral) return broadcastTo(b, shape);
    return elementwise(graph, op, [a, b], dtype ?? a.dtype);
  });

const comparison = (op: string): Kernel => binary(op, { dtype: 'bool' });

export function cast(graph: Graph, x: Value, dtype: ElementType): Value {
  if (x.dtype === dtype) return x;
  return elementwise(graph, 'Cast', [x], dtype, { to: elementTypes[dtype] });
}

const filled = (value: number): Kernel =>
  kernel<'x'>((graph, { x }) => ({ ...graph.scalar(value, x.dtype as DType), shape: x.shape }));

/** ONNX Runtime has no Where for booleans. */
export function select(graph: Graph, condition: Value, a: Value, b: Value): Value {
  const dtype = a.dtype === 'bool' ? 'int32' : a.dtype;
  const inputs = [condition, cast(graph, a, dtype), cast(graph, b, dtype)];
  return cast(graph, elementwise(graph, 'Where', inputs, dtype), a.dtype);
}

/**
 * Integer division rounds down in TensorFlow.js and towards zero in ONNX; a float64 represents every int32. The result is
 * int32 for floats too.
 */
function floorDiv(graph: Graph, a: Value, b: Value): Value {
  const wide = a.dtype === 'int32' ? 'float64' : a.dtype;
  const quotient = elementwise(graph, 'Div', [cast(graph, a, wide), cast(graph, b, wide)]);
  return cast(graph, elementwise(graph, 'Floor', [quotient]), 'int32');
}

export const elementwiseKernels: KernelTable = {
  ...Object.fromEntries(SAME_NAME.map((op) => [op, unary(op)] as const)),
  Rsqrt: kernel<'x'>((graph, { x }) => elementwise(graph, 'Reciprocal', [elementwise(graph, 'Sqrt', [x])])),
  Square: kernel<'x'>((graph, { x }) => elementwise(graph, 'Mul', [x, x])),
  Step: kernel<'x', StepAttrs>((graph, { x }, { alpha }) => {
    const dtype = x.dtype as DType;
    const positive = elementwise(graph, 'Greater', [x, graph.scalar(0, dtype)], 'bool');
    if (alpha === 0) return cast(graph, positive, dtype);
    return select(graph, positive, graph.scalar(1, dtype), graph.scalar(alpha, dtype));
  }),
  ClipByValue: kernel<'x', ClipByValueAttrs>((graph, { x }, { clipValueMin, clipValueMax }) => {
    const dtype = x.dtype as DType;
    // Clip takes scalar bounds and does not broadcast, but keeps the shape it is given.
    return elementwise(graph, 'Clip', [
      x,
      graph.scalar(clipValueMin, dtype),
      graph.scalar(clipValueMax, dtype),
    ]);
  }),

  Add: binary('Add'),
  AddN: (graph, inputs) => Object.values(inputs).reduce((sum, x) => elementwise(graph, 'Add', [sum, x])),
  FloorDiv: kernel<'a' | 'b'>((graph, { a, b }) => floorDiv(graph, a, b)),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Multiply: binary('Mul', { neutral: 1 }),
  Pow: binary('Pow'),
  RealDiv: binary('Div'),
  Sub: binary('Sub'),
  SquaredDifference: kernel<'a' | 'b'>((graph, { a, b }) => {
    const difference = elementwise(graph, 'Sub', [a, b]);
    return elementwise(graph, 'Mul', [difference, difference]);
  }),

  Equal: comparison('Equal'),
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  NotEqual: kernel<'a' | 'b'>((graph, { a, b }) =>
    elementwise(graph, 'Not', [elementwise(graph, 'Equal', [a, b], 'bool')]),
  ),
  LogicalAnd: binary('And', { neutral: 1 }),
  LogicalNot: unary('Not'),
  LogicalOr: binary('Or', { neutral: 0 }),
  Select: kernel<'condition' | 't' | 'e'>((graph, { condition, t, e }) => select(graph, condition, t, e)),

  Cast: kernel<'x', CastAttrs>((graph, { x }, { dtype }) => cast(graph, x, dtype as DType)),
  Identity: kernel<'x'>((_graph, { x }) => x),
  Fill: kernel<never, FillAttrs>((graph, _inputs, { shape, value, dtype }) => ({
    ...graph.scalar(Number(value), dtype as DType),
    shape,
  })),
  ZerosLike: filled(0),
  OnesLike: filled(1),
};
