/** The losses of both modules as kernels, each forward and back: of their many similarities a few have a slope. */
import type { Graph, Value } from '../graph.js';
import { add, mul, number, sub } from './arithmetic.js';
import { cast, select } from './elementwise.js';
import { broadcastTo, elementwise, kernel, reshape, type KernelTable } from './kernel.js';
import { gemm } from './linear-algebra.js';
import { reduce } from './reduction.js';

/** The `k` largest values of each row, and their columns as int32. */
function topK(graph: Graph, x: Value, k: number): [values: Value, columns: Value] {
  const shape = [x.shape[0]!, k];
  const outs = [
    { dtype: x.dtype, shape },
    { dtype: 'int64', shape },
  ] as const;
  const [values, columns] = graph.emitAll('TopK', [x, graph.ints([k])], outs, {
    attributes: { axis: -1 },
  }) as [Value, Value];
  return [values, cast(graph, columns, 'int32')];
}

/** `[rows, cols]`, zero but for `values` at their `columns`; of one place the sum. */
function scatter(graph: Graph, [rows, cols]: [number, number], columns: Value, values: Value): Value {
  const none = broadcastTo(number(graph, 0), [rows, cols]);
  return graph.emit('ScatterElements', [none, columns, values], none, {
    attributes: { axis: 1, reduction: 'add' },
  });
}

const mean = (graph: Graph, x: Value): Value => reduce(graph, 'ReduceMean', x, x.shape.map((_n, axis) => axis), false); // prettier-ignore

const softmax = (graph: Graph, x: Value): Value =>
  graph.emit('Softmax', [x], x, { attributes: { axis: -1 } });

interface LossAttributes {
  negatives: number;
  margin: number;
  temperature?: number;
}

/** Saves where the negatives stand and what each weighs in the gradient. */
function inBatchLoss(
  graph: Graph,
  { texts, labels, target }: Record<'texts' | 'labels' | 'target', Value>,
  { negatives, margin, temperature }: LossAttributes,
): Value[] {
  const size = texts.shape[0]!;
  const chosen = [size, negatives];
  const similarity = gemm(graph, texts, labels, { transB: true });
  const masked = select(graph, target, number(graph, -10), similarity);
  const [hardest, places] = topK(graph, masked, negatives);
  const positive = reduce(graph, 'ReduceSum', mul(graph, texts, labels), 1, true);
  const excess = add(graph, sub(graph, hardest, positive), number(graph, margin));
  const loss = elementwise(graph, 'Relu', [excess]);
  const violated = elementwise(graph, 'Greater', [excess, number(graph, 0)], 'bool');
  const share = 1 / (size * negatives);
  const where = (x: Value): Value => select(graph, violated, x, number(graph, 0));
  if (temperature === undefined) {
    const slope = where(broadcastTo(number(graph, share), chosen));
    return [mean(graph, loss), places, slope, slope];
  }
  const logits = mul(
    graph,
    select(graph, violated, hardest, number(graph, -50)),
    number(graph, 1 / temperature),
  );
  const weights = softmax(graph, logits);
  const weighted = mul(graph, weights, loss);
  const average = reduce(graph, 'ReduceSum', weighted, 1, true);
  const byWeight = mul(graph, sub(graph, loss, average), number(graph, 1 / temperature));
  const slope = mul(graph, weights, add(graph, byWeight, number(graph, 1)));
  const [byNegative, byPositive] = [slope, weights].map((x) => where(mul(graph, x, number(graph, share))));
  return [mean(graph, weighted), places, byNegative!, byPositive!];
}

type InBatchLossGradInputs = Record<'dy' | 'texts' | 'labels' | 'saved1' | 'saved2' | 'saved3', Value>;

/** Sparse in the similarities: a row has a slope at its negatives and one at its positive. */
function inBatchLossGrad(graph: Graph, inputs: InBatchLossGradInputs): Value[] {
  const { dy, texts, labels, saved1: places, saved2: byNegative, saved3: byPositive } = inputs;
  const size = texts.shape[0]!;
  const slopes = scatter(graph, [size, size], places, mul(graph, byNegative, dy));
  const fall = reduce(graph, 'ReduceSum', mul(graph, byPositive, dy), 1, true);
  const side = (other: Value, transA: boolean): Value =>
    sub(graph, gemm(graph, slopes, other, { transA }), mul(graph, other, fall));
  return [side(labels, false), side(texts, true)];
}

interface CandidateLossAttributes {
  positives: number;
  negatives: number;
  margin: number;
}

/** Saves where the positives and negatives stand, and the slope at each. */
function candidateLoss(
  graph: Graph,
  { texts, classifiers, target, offset }: Record<'texts' | 'classifiers' | 'target' | 'offset', Value>,
  { positives, negatives, margin }: CandidateLossAttributes,
): Value[] {
  const rows = texts.shape[0]!;
  const similarity = add(graph, gemm(graph, texts, classifiers, { transB: true }), offset);
  const opposite = elementwise(graph, 'Neg', [similarity]);
  const [lowest, positiveColumns] = topK(
    graph,
    select(graph, target, opposite, number(graph, -100)),
    positives,
  );
  const [hardest, negativeColumns] = topK(
    graph,
    select(graph, target, number(graph, -10), similarity),
    negatives,
  );
  // [rows, positives, negatives]; the lowest positives come with their sign turned.
  const pairs = add(
    graph,
    reshape(graph, hardest, [rows, 1, negatives]),
    reshape(graph, lowest, [rows, positives, 1]),
  );
  const excess = add(graph, pairs, number(graph, margin));
  const loss = elementwise(graph, 'Relu', [excess]);
  const violated = elementwise(graph, 'Greater', [excess, number(graph, 0)], 'bool');
  const weights = softmax(graph, select(graph, violated, loss, number(graph, -100)));
  const weighted = mul(graph, weights, loss);
  const average = reduce(graph, 'ReduceSum', weighted, 2, true);
  const share = number(graph, 1 / (rows * positives * negatives));
  const steep = mul(graph, weights, add(graph, sub(graph, loss, average), number(graph, 1)));
  const slope = select(graph, violated, mul(graph, steep, share), number(graph, 0));
  const byNegative = reduce(graph, 'ReduceSum', slope, 1, false);
  const byPositive = elementwise(graph, 'Neg', [reduce(graph, 'ReduceSum', slope, 2, false)]);
  return [
    mean(graph, weighted),
    concat(graph, negativeColumns, positiveColumns),
    concat(graph, byNegative, byPositive),
  ];
}

/** Two matrices side by side. */
const concat = (graph: Graph, a: Value, b: Value): Value =>
  graph.emit(
    'Concat',
    [a, b],
    { dtype: a.dtype, shape: [a.shape[0]!, a.shape[1]! + b.shape[1]!] },
    { attributes: { axis: 1 } },
  );

type CandidateLossGradInputs = Record<'dy' | 'texts' | 'classifiers' | 'saved1' | 'saved2', Value>;

function candidateLossGrad(graph: Graph, inputs: CandidateLossGradInputs): Value[] {
  const { dy, texts, classifiers, saved1: columns, saved2: slopes } = inputs;
  const shape: [number, number] = [texts.shape[0]!, classifiers.shape[0]!];
  const bySimilarity = scatter(graph, shape, columns, mul(graph, slopes, dy));
  return [gemm(graph, bySimilarity, texts, { transA: true })];
}

export const lossKernels: KernelTable = {
  InBatchLoss: kernel<'texts' | 'labels' | 'target', LossAttributes>(inBatchLoss),
  InBatchLossGrad: kernel<keyof InBatchLossGradInputs>(inBatchLossGrad),
  CandidateLoss: kernel<'texts' | 'classifiers' | 'target' | 'offset', CandidateLossAttributes>(
    candidateLoss,
  ),
  CandidateLossGrad: kernel<keyof CandidateLossGradInputs>(candidateLossGrad),
};
