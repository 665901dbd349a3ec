/** Layers as nodes of ONNX itself, of any number of texts of any length: `[batch, length, …]`. */
import { ANY, type Graph, type Value } from '../engine/graph.js';
import { elementwise } from '../engine/kernels/kernel.js';
import { float } from '../engine/onnx.js';
import type { Tensor } from '../store/safetensors.js';

/** Tokens, and what is said of each. */
export const TOKENS = { dtype: 'int64', shape: ['batch', 'length'] } as const;

const operation =
  (op: string) =>
  (graph: Graph, ...inputs: Value[]): Value =>
    elementwise(graph, op, inputs);
export const [add, sub, mul, div] = ['Add', 'Sub', 'Mul', 'Div'].map(operation) as [Op, Op, Op, Op];
type Op = ReturnType<typeof operation>;

export const number = (graph: Graph, x: number): Value => graph.scalar(x, 'float32');

/** Rows of a table, `[batch, length]` → `[batch, length, dim]`. */
export const gather = (graph: Graph, table: Value, rows: Value): Value =>
  graph.emit('Gather', [table, rows], { dtype: 'float32', shape: [ANY, ANY, table.shape[1]!] });

/** `[…, m, k]` · `[…, k, n]`. */
export const matMul = (graph: Graph, a: Value, b: Value): Value =>
  graph.emit('MatMul', [a, b], { dtype: 'float32', shape: [...a.shape.slice(0, -1), b.shape.at(-1)!] });

/** Sizes of 0 are kept as they are. */
export const reshape = (graph: Graph, x: Value, shape: readonly number[]): Value =>
  graph.emit('Reshape', [x, graph.ints(shape)], {
    dtype: x.dtype,
    shape: shape.map((size, axis) => (size === 0 ? x.shape[axis]! : size)),
  });

export const transpose = (graph: Graph, x: Value, perm: readonly number[]): Value =>
  graph.emit(
    'Transpose',
    [x],
    { dtype: x.dtype, shape: perm.map((axis) => x.shape[axis]!) },
    { attributes: { perm } },
  );

export const softmax = (graph: Graph, x: Value): Value =>
  graph.emit('Softmax', [x], x, { attributes: { axis: -1 } });

export const layerNorm = (
  graph: Graph,
  x: Value,
  { scale, bias, epsilon }: { scale: Value; bias: Value; epsilon: number },
): Value =>
  graph.emit('LayerNormalization', [x, scale, bias], x, {
    attributes: { axis: -1, epsilon: float(epsilon) },
  });

/** The exact one, in ONNX Runtime's favourite spelling: it makes one node of these. */
export function gelu(graph: Graph, x: Value): Value {
  const error = elementwise(graph, 'Erf', [div(graph, x, number(graph, Math.SQRT2))]);
  return mul(graph, mul(graph, x, add(graph, error, number(graph, 1))), number(graph, 0.5));
}

/** The mask as float32, `[batch, length]` with new axes of size 1. */
export function maskOf(graph: Graph, mask: Value, axes: readonly number[]): Value {
  const floats = graph.emit(
    'Cast',
    [mask],
    { dtype: 'float32', shape: mask.shape },
    { attributes: { to: 1 } },
  );
  const shape = [...mask.shape];
  for (const axis of axes) shape.splice(axis, 0, 1);
  return graph.emit('Unsqueeze', [floats, graph.ints(axes)], { dtype: 'float32', shape });
}

/** `[out, in]` → `[in, out]`, in the file and not by a node: tools that quantise look for constant factors. */
export function transposed({ shape, data }: Tensor): Tensor {
  const [rows, cols] = shape as [number, number];
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let col = 0; col < cols; col++) turned[col * rows + row] = data[row * cols + col]!;
  return { shape: [cols, rows], data: turned };
}
