/**
 * Triplet loss with several positives, of DEXA's Module II (`TripletMarginLossOHNMMulti` in DEXA's published code): the mean
 * over texts, their hardest positives and their hardest negatives of p · [s⁻ − s⁺ + margin]₊, with p the softmax of these
 * losses over the negatives that violate the margin.
 */
import * as tf from '@tensorflow/tfjs';
import type { Graph, Value } from '../../engine/graph.js';
import { add, mul, number, sub } from '../../engine/kernels/arithmetic.js';
import { select } from '../../engine/kernels/elementwise.js';
import { scatterColumns, topK } from '../../engine/kernels/indexing.js';
import { elementwise, kernel, reshape, type FusedKernel } from '../../engine/kernels/kernel.js';
import { gemm } from '../../engine/kernels/linear-algebra.js';
import { mean, reduce, softmax } from '../../engine/kernels/reduction.js';
import { concat } from '../../engine/kernels/shape.js';
import { fused } from '../layers/fused.js';
import type { Candidates } from './candidates.js';
import { NO_LOSS, NO_NEGATIVE, NO_POSITIVE, whereViolated } from './stand-ins.js';
import { topValues } from './top-values.js';

export interface OhnmMultiOptions {
  /** Positives per text: those with the lowest score. Missing ones cost nothing. */
  positives: number;
  /** Negatives per text: those with the highest score. */
  negatives: number;
  margin: number;
}

/** The loss from `similarity` `[B, U]`, text × candidate; `target` (bool) its positives. Scalar, mean over `B × P × N`. */
export function ohnmMulti(
  similarity: tf.Tensor2D,
  target: tf.Tensor2D,
  { positives, negatives, margin }: OhnmMultiOptions,
): tf.Scalar {
  const { shape } = similarity;
  const opposite = tf.where(target, tf.neg(similarity), tf.fill(shape, NO_POSITIVE));
  const lowest = tf.neg(topValues(opposite, positives));
  const hardest = topValues(tf.where(target, tf.fill(shape, NO_NEGATIVE), similarity), negatives);
  const loss = tf.relu(tf.add(tf.sub(tf.expandDims(hardest, 1), tf.expandDims(lowest, 2)), margin));
  const weights = tf.softmax(whereViolated(loss, loss, NO_LOSS));
  return tf.mean(tf.mul(weights, loss));
}

/**
 * `ohnmMulti` of the inner products of `texts` (`[B, dim]`) and `classifiers` (`[U, dim]`), of unit length each. It has a
 * gradient by the classifiers only: the texts are frozen.
 */
export const candidateLoss = (
  texts: tf.Tensor2D,
  classifiers: tf.Tensor2D,
  { target, offset }: Candidates,
  options: OhnmMultiOptions,
): tf.Scalar =>
  fused({
    kernel: candidateKernel,
    inputs: { classifiers, texts, target, offset },
    attributes: options,
    keep: ['texts', 'classifiers'],
    differentiable: ['classifiers'],
    plain: () =>
      ohnmMulti(tf.add<tf.Tensor2D>(tf.matMul(texts, classifiers, false, true), offset), target, options),
  });

/** Saves the positions of the positives and negatives, and the slope at each. */
function forward(
  graph: Graph,
  { texts, classifiers, target, offset }: Record<'texts' | 'classifiers' | 'target' | 'offset', Value>,
  { positives, negatives, margin }: OhnmMultiOptions,
): Value[] {
  const rows = texts.shape[0]!;
  const similarity = add(graph, gemm(graph, texts, classifiers, { transB: true }), offset);
  const opposite = elementwise(graph, 'Neg', [similarity]);
  const ofPositives = select(graph, target, opposite, number(graph, NO_POSITIVE));
  const [lowest, positiveColumns] = topK(graph, ofPositives, positives);
  const ofNegatives = select(graph, target, number(graph, NO_NEGATIVE), similarity);
  const [hardest, negativeColumns] = topK(graph, ofNegatives, negatives);
  // [rows, positives, negatives]; the lowest positives have the opposite sign.
  const [across, down] = [
    reshape(graph, hardest, [rows, 1, negatives]),
    reshape(graph, lowest, [rows, positives, 1]),
  ];
  const pairs = add(graph, across, down);
  const excess = add(graph, pairs, number(graph, margin));
  const loss = elementwise(graph, 'Relu', [excess]);
  const violated = elementwise(graph, 'Greater', [excess, number(graph, 0)], 'bool');
  const weights = softmax(graph, select(graph, violated, loss, number(graph, NO_LOSS)));
  const weighted = mul(graph, weights, loss);
  const average = reduce(graph, 'ReduceSum', weighted, 2, true);
  const share = number(graph, 1 / (rows * positives * negatives));
  const steep = mul(graph, weights, add(graph, sub(graph, loss, average), number(graph, 1)));
  const slope = select(graph, violated, mul(graph, steep, share), number(graph, 0));
  const byNegative = reduce(graph, 'ReduceSum', slope, 1, false);
  const byPositive = elementwise(graph, 'Neg', [reduce(graph, 'ReduceSum', slope, 2, false)]);
  const columns = concat(graph, [negativeColumns, positiveColumns], 1);
  return [mean(graph, weighted), columns, concat(graph, [byNegative, byPositive], 1)];
}

type BackwardInputs = Record<'dy' | 'texts' | 'classifiers' | 'saved1' | 'saved2', Value>;

function backward(graph: Graph, inputs: BackwardInputs): Value[] {
  const { dy, texts, classifiers, saved1: columns, saved2: slopes } = inputs;
  const shape = [texts.shape[0]!, classifiers.shape[0]!] as const;
  const bySimilarity = scatterColumns(graph, shape, columns, mul(graph, slopes, dy));
  return [gemm(graph, bySimilarity, texts, { transA: true })];
}

const candidateKernel: FusedKernel = {
  forward: kernel<'texts' | 'classifiers' | 'target' | 'offset', OhnmMultiOptions>(forward),
  backward: kernel<keyof BackwardInputs>(backward),
};
