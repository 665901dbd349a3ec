/**
 * Kernels that TensorFlow.js does not have: what transformers spend their time on besides matrix products. They exist in
 * compiled functions only; `src/model/layers` defines the plain functions they replace.
 */
import type { Graph, Value } from '../graph.js';
import { float } from '../onnx.js';
import { add, mul, number, sub } from './arithmetic.js';
import {
  elementwise,
  FUSED,
  kernel,
  reshape,
  transpose,
  type FusedAttributes,
  type FusedKernel,
  type KernelTable,
} from './kernel.js';
import { batchMatMul, gemm } from './linear-algebra.js';
import { reduce, softmax } from './reduction.js';

/** Sums over the rows, `[n, dim]` → `[dim]`. */
const sumRows = (graph: Graph, x: Value): Value => reduce(graph, 'ReduceSum', x, 0, false);

/** Inner product of each row with a vector, `[n, dim]` · `[dim]` → `[n, 1]`. */
const dot = (graph: Graph, x: Value, vector: Value): Value =>
  gemm(graph, x, reshape(graph, vector, [vector.shape[0]!, 1]));

function layerNorm(graph: Graph, x: Value, scale: Value, bias: Value, epsilon: number): Value[] {
  const moments = { dtype: x.dtype, shape: [x.shape[0]!, 1] };
  return graph.emitAll('LayerNormalization', [x, scale, bias], [x, moments, moments], {
    attributes: { axis: -1, epsilon: float(epsilon) },
  });
}

/** `saved1` and `saved2` are mean and 1 / standard deviation of each row. */
type LayerNormGradInputs = Record<'dy' | 'x' | 'scale' | 'saved1' | 'saved2', Value>;

/** With n = (x − mean) / deviation and u = dy·scale: (u − mean(u) − n·mean(u·n)) / deviation. */
function layerNormGrad(graph: Graph, { dy, x, scale, saved1, saved2 }: LayerNormGradInputs): Value[] {
  const normal = mul(graph, sub(graph, x, saved1), saved2);
  const byScale = mul(graph, dy, normal);
  const share = mul(graph, scale, number(graph, 1 / x.shape[1]!));
  const u = mul(graph, dy, scale);
  const centred = sub(graph, u, dot(graph, dy, share));
  const along = mul(graph, normal, dot(graph, byScale, share));
  return [mul(graph, sub(graph, centred, along), saved2), sumRows(graph, byScale), sumRows(graph, dy)];
}

/** dy · (Φ(x) + x·φ(x)). */
function geluGrad(graph: Graph, dy: Value, x: Value): Value {
  const error = elementwise(graph, 'Erf', [mul(graph, x, number(graph, Math.SQRT1_2))]);
  const half = { alpha: float(0.5), beta: float(0.5) };
  const below = elementwise(graph, 'HardSigmoid', [error], x.dtype, half); // (1 + erf) / 2 in one pass
  const exponent = mul(graph, x, mul(graph, x, number(graph, -0.5)));
  const density = elementwise(graph, 'Exp', [exponent]);
  const slope = mul(graph, mul(graph, x, density), number(graph, 1 / Math.sqrt(2 * Math.PI)));
  return mul(graph, dy, add(graph, below, slope));
}

/** Swaps width and heads; its own inverse. */
const HEADS_FIRST = [0, 2, 1, 3];

/** `[tokens, dim]` → `[sequences, heads, width, dim / heads]`. */
function split(graph: Graph, x: Value, [sequences, heads, width]: readonly number[]): Value {
  const parts = [sequences!, width!, heads!, x.shape[1]! / heads!];
  return transpose(graph, reshape(graph, x, parts), HEADS_FIRST);
}

/** The inverse of `split`. */
function join(graph: Graph, x: Value): Value {
  const [sequences, heads, width, size] = x.shape as [number, number, number, number];
  return reshape(graph, transpose(graph, x, HEADS_FIRST), [sequences * width, heads * size]);
}

type AttentionInputs = Record<'query' | 'key' | 'value' | 'mask', Value> & { dropout?: Value };

function attention(graph: Graph, inputs: AttentionInputs, heads: number): Value[] {
  const { mask, dropout } = inputs;
  const parts = [mask.shape[0]!, heads, mask.shape[2]!];
  const [query, key, value] = [inputs.query, inputs.key, inputs.value].map((x) => split(graph, x, parts)) as [
    Value,
    Value,
    Value,
  ];
  const scores = batchMatMul(graph, query, key, { transB: true, alpha: scaleOf(query) });
  const weights = softmax(graph, add(graph, scores, mask));
  const kept = dropout ? mul(graph, weights, dropout) : weights;
  return [join(graph, batchMatMul(graph, kept, value)), weights, query, key, value];
}

const scaleOf = ({ shape }: Value): number => 1 / Math.sqrt(shape[3]!);

type AttentionGradInputs = Record<'dy' | 'saved1' | 'saved2' | 'saved3' | 'saved4', Value> & {
  dropout?: Value;
};

function attentionGrad(graph: Graph, inputs: AttentionGradInputs): Value[] {
  const { dy, dropout, saved1: weights, saved2: query, saved3: key, saved4: value } = inputs;
  const given = split(graph, dy, query.shape);
  const kept = dropout ? mul(graph, weights, dropout) : weights;
  const byValue = batchMatMul(graph, kept, given, { transA: true });
  const byKept = batchMatMul(graph, given, value, { transB: true });
  const byWeight = dropout ? mul(graph, byKept, dropout) : byKept;
  const weighted = mul(graph, byWeight, weights);
  const total = reduce(graph, 'ReduceSum', weighted, -1, true);
  const byScore = sub(graph, weighted, mul(graph, weights, total));
  const alpha = scaleOf(query);
  const byQuery = batchMatMul(graph, byScore, key, { alpha });
  const byKey = batchMatMul(graph, byScore, query, { transA: true, alpha });
  return [byQuery, byKey, byValue].map((x) => join(graph, x));
}

/** Each row divided by its length, and 1 / length. */
function normalise(graph: Graph, x: Value): Value[] {
  const squares = reduce(graph, 'ReduceSumSquare', x, 1, true);
  const length = elementwise(graph, 'Sqrt', [elementwise(graph, 'Max', [squares, number(graph, 1e-12)])]);
  const inverse = elementwise(graph, 'Reciprocal', [length]);
  return [mul(graph, x, inverse), inverse];
}

/** (dy − y·(dy · y)) / length, where y is the normalised row. */
function normaliseGrad(graph: Graph, dy: Value, y: Value, inverse: Value): Value {
  const along = reduce(graph, 'ReduceSum', mul(graph, dy, y), 1, true);
  return mul(graph, sub(graph, dy, mul(graph, y, along)), inverse);
}

export const layerNormKernel: FusedKernel = {
  forward: kernel<'x' | 'scale' | 'bias', { epsilon: number }>((graph, { x, scale, bias }, { epsilon }) =>
    layerNorm(graph, x, scale, bias, epsilon),
  ),
  backward: kernel<keyof LayerNormGradInputs>(layerNormGrad),
};

export const geluKernel: FusedKernel = {
  forward: kernel<'x'>((graph, { x }) => graph.emit('Gelu', [x], x, { domain: 'com.microsoft' })),
  backward: kernel<'dy' | 'x'>((graph, { dy, x }) => geluGrad(graph, dy, x)),
};

export const attentionKernel: FusedKernel = {
  forward: kernel<keyof AttentionInputs, { heads: number }>((graph, inputs, { heads }) =>
    attention(graph, inputs, heads),
  ),
  backward: kernel<keyof AttentionGradInputs>(attentionGrad),
};

export const normaliseKernel: FusedKernel = {
  forward: kernel<'x'>((graph, { x }) => normalise(graph, x)),
  backward: kernel<'dy' | 'saved0' | 'saved1'>((graph, { dy, saved0, saved1 }) =>
    normaliseGrad(graph, dy, saved0, saved1),
  ),
};

/** Runs half of a fused kernel, which comes with the layer or loss that asks for it. */
export const fusedKernels: KernelTable = {
  [FUSED]: (graph, inputs, brought) => {
    const { half, attributes } = brought as FusedAttributes;
    return half(graph, inputs, attributes);
  },
};
