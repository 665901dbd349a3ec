/** Layers as nodes of standard ONNX, for any number of texts of any length: `[batch, length, …]`. */
import { ANY, type Graph, type Value } from '../engine/graph.js';
import { add, div, mul, number, sub } from '../engine/kernels/arithmetic.js';
import { cast } from '../engine/kernels/elementwise.js';
import { elementwise, transpose } from '../engine/kernels/kernel.js';
import { reduce, softmax } from '../engine/kernels/reduction.js';
import { concat } from '../engine/kernels/shape.js';
import { float } from '../engine/onnx.js';
import type { Tensor } from '../formats/safetensors.js';

export { add, mul, number };

/** Type of inputs with one value per token. */
export const TOKENS = { dtype: 'int64', shape: ['batch', 'length'] } as const;

/** Rows of a table, `[batch, length]` → `[batch, length, dim]`. */
export const gather = (graph: Graph, table: Value, rows: Value): Value =>
  graph.emit('Gather', [table, rows], { dtype: 'float32', shape: [ANY, ANY, table.shape[1]!] });

/** `[…, m, k]` · `[…, k, n]`. */
export const matMul = (graph: Graph, a: Value, b: Value): Value =>
  graph.emit('MatMul', [a, b], { dtype: 'float32', shape: [...a.shape.slice(0, -1), b.shape.at(-1)!] });

/** A size of 0 keeps the size of that axis. */
export const reshape = (graph: Graph, x: Value, shape: readonly number[]): Value =>
  graph.emit('Reshape', [x, graph.ints(shape)], {
    dtype: x.dtype,
    shape: shape.map((size, axis) => (size === 0 ? x.shape[axis]! : size)),
  });

export const layerNorm = (
  graph: Graph,
  x: Value,
  { scale, bias, epsilon }: { scale: Value; bias: Value; epsilon: number },
): Value =>
  graph.emit('LayerNormalization', [x, scale, bias], x, {
    attributes: { axis: -1, epsilon: float(epsilon) },
  });

/** Exact GELU, as the pattern that ONNX Runtime fuses into one node. */
export function gelu(graph: Graph, x: Value): Value {
  const error = elementwise(graph, 'Erf', [div(graph, x, number(graph, Math.SQRT2))]);
  return mul(graph, mul(graph, x, add(graph, error, number(graph, 1))), number(graph, 0.5));
}

/** The mask as float32, `[batch, length]` with new axes of size 1. */
export function maskOf(graph: Graph, mask: Value, axes: readonly number[]): Value {
  const floats = cast(graph, mask, 'float32');
  const shape = [...mask.shape];
  for (const axis of axes) shape.splice(axis, 0, 1);
  return graph.emit('Unsqueeze', [floats, graph.ints(axes)], { dtype: 'float32', shape });
}

/** `[out, in]` → `[in, out]`, in the file rather than by a node: quantisation tools look for constant factors. */
export function transposed({ shape, data }: Tensor): Tensor {
  const [rows, cols] = shape as [number, number];
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let col = 0; col < cols; col++) turned[col * rows + row] = data[row * cols + col]!;
  return { shape: [cols, rows], data: turned };
}

/** In place of −∞: masked tokens get a weight of exactly 0. */
const MASKED = -1e9;

/** The mask to add to attention scores, `[batch, 1, 1, length]`. */
export function hidden(graph: Graph, mask: Value): Value {
  const absent = sub(graph, number(graph, 1), maskOf(graph, mask, [1, 2]));
  return mul(graph, absent, number(graph, MASKED));
}

/** Number of tokens per text, int64 `[1]`. */
export const lengthOf = (graph: Graph, ids: Value): Value =>
  graph.emit('Shape', [ids], { dtype: 'int64', shape: [1] }, { attributes: { start: 1, end: 2 } });

/** `[positions, dim]` → `[length, dim]`. */
export const firstRows = (graph: Graph, table: Value, length: Value): Value =>
  graph.emit('Slice', [table, graph.ints([0]), length, graph.ints([0])], {
    dtype: 'float32',
    shape: [ANY, table.shape[1]!],
  });

type AttentionInputs = Record<'query' | 'key' | 'value' | 'mask', Value> & { heads: number };

export function attention(graph: Graph, { query, key, value, mask, heads }: AttentionInputs): Value {
  const dim = query.shape[2]!;
  const split = (x: Value): Value => reshape(graph, x, [0, 0, heads, dim / heads]);
  const q = transpose(graph, split(query), [0, 2, 1, 3]);
  const k = transpose(graph, split(key), [0, 2, 3, 1]);
  const v = transpose(graph, split(value), [0, 2, 1, 3]);
  const factor = number(graph, Math.sqrt(dim / heads));
  const scores = div(graph, matMul(graph, q, k), factor);
  const weights = softmax(graph, add(graph, scores, mask));
  const seen = transpose(graph, matMul(graph, weights, v), [0, 2, 1, 3]);
  return reshape(graph, seen, [0, 0, dim]);
}

/** The mean of each text's tokens, `[batch, length, n]` → `[batch, 1, n]`; `mask` is `[batch, length, 1]`. */
export function meanOfTokens(graph: Graph, x: Value, mask: Value): Value {
  const count = elementwise(graph, 'Max', [sumOfTokens(graph, mask), number(graph, 1)]);
  return div(graph, sumOfTokens(graph, mul(graph, x, mask)), count);
}

/** `[batch, length, n]` → `[batch, 1, n]`. */
const sumOfTokens = (graph: Graph, x: Value): Value => reduce(graph, 'ReduceSum', x, 1, true);

/** The output of an encoder with one vector per text, `[batch, 1, dim]`: the vector repeated at each of its `tokens`. */
export function openText(graph: Graph, text: Value, tokens: Value, dim: number): void {
  const all = graph.emit('Shape', [tokens], { dtype: 'int64', shape: [2] }, { attributes: { end: 2 } });
  const shape = concat(graph, [all, graph.ints([dim])], 0);
  const repeated = graph.emit('Expand', [text, shape], text);
  graph.openOutput('last_hidden_state', repeated, { dtype: 'float32', shape: [...TOKENS.shape, dim] });
}
