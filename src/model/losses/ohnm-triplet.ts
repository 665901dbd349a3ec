/**
 * Triplet loss with online hard negative mining, of DEXA's Module I and NGAME (`TripletMarginLossOHNM` in DEXA's published
 * code): the mean over texts i and their hardest negatives j of p_ij · [s_ij − s_ii + margin]₊, with p_i = softmax(s_i / τ)
 * over the negatives that violate the margin.
 */
import * as tf from '@tensorflow/tfjs';
import type { Graph, Value } from '../../engine/graph.js';
import { add, mul, number, sub } from '../../engine/kernels/arithmetic.js';
import { select } from '../../engine/kernels/elementwise.js';
import { scatterColumns, topK } from '../../engine/kernels/indexing.js';
import { broadcastTo, elementwise, kernel, type FusedKernel } from '../../engine/kernels/kernel.js';
import { gemm } from '../../engine/kernels/linear-algebra.js';
import { mean, reduce, softmax } from '../../engine/kernels/reduction.js';
import { fused } from '../layers/fused.js';
import { NO_NEGATIVE, NO_VIOLATION, whereViolated } from './stand-ins.js';
import { topValues } from './top-values.js';

export interface OhnmOptions {
  /** Hard negatives per text; as many as there are in a smaller mini-batch. */
  negatives: number;
  margin: number;
  /** τ, the temperature of the weights p; without one the negatives count alike. */
  temperature?: number | undefined;
}

/**
 * The loss from `similarity` `[B, B]`, text × sampled label; the positive of text i is label i. `target` (bool, same shape)
 * is true where the label is a positive of the text, and such a pair is never a negative: where fewer than `negatives`
 * true ones exist, the missing ones count as zero loss. Scalar, mean over `B × negatives`. The weights p carry gradient
 * too, as published.
 */
export function ohnmTriplet(
  similarity: tf.Tensor2D,
  target: tf.Tensor2D,
  { negatives: most, margin, temperature }: OhnmOptions,
): tf.Scalar {
  const size = similarity.shape[0];
  const negatives = Math.min(most, size);
  const positive = tf.sum(tf.mul(similarity, tf.eye(size)), 1, true);
  const hardest = topValues(tf.where(target, tf.fill([size, size], NO_NEGATIVE), similarity), negatives);
  const loss = tf.relu(tf.add(tf.sub(hardest, positive), margin));
  if (temperature === undefined) return tf.mean(loss);
  const violators = whereViolated(loss, hardest, NO_VIOLATION);
  return tf.mean(tf.mul(tf.softmax(tf.div(violators, temperature)), loss));
}

/** `ohnmTriplet` of the inner products of `texts` and `labels`, `[B, dim]` of unit length each. */
export const inBatchLoss = (
  texts: tf.Tensor2D,
  labels: tf.Tensor2D,
  target: tf.Tensor2D,
  options: OhnmOptions,
): tf.Scalar =>
  fused({
    kernel: inBatchKernel,
    inputs: { texts, labels, target },
    attributes: options,
    keep: ['texts', 'labels'],
    differentiable: ['texts', 'labels'],
    plain: () => ohnmTriplet(tf.matMul(texts, labels, false, true), target, options),
  });

/** Saves positions and slopes of the negatives: only a few of the `B × B` similarities get a gradient. */
function forward(
  graph: Graph,
  { texts, labels, target }: Record<'texts' | 'labels' | 'target', Value>,
  { negatives: most, margin, temperature }: OhnmOptions,
): Value[] {
  const size = texts.shape[0]!;
  const negatives = Math.min(most, size);
  const similarity = gemm(graph, texts, labels, { transB: true });
  const masked = select(graph, target, number(graph, NO_NEGATIVE), similarity);
  const [hardest, places] = topK(graph, masked, negatives);
  const positive = reduce(graph, 'ReduceSum', mul(graph, texts, labels), 1, true);
  const excess = add(graph, sub(graph, hardest, positive), number(graph, margin));
  const loss = elementwise(graph, 'Relu', [excess]);
  const violated = elementwise(graph, 'Greater', [excess, number(graph, 0)], 'bool');
  const share = number(graph, 1 / (size * negatives));
  const where = (x: Value): Value => select(graph, violated, x, number(graph, 0));
  if (temperature === undefined) {
    const slope = where(broadcastTo(share, [size, negatives]));
    return [mean(graph, loss), places, slope, slope];
  }
  const sharpness = number(graph, 1 / temperature);
  const logits = mul(graph, select(graph, violated, hardest, number(graph, NO_VIOLATION)), sharpness);
  const weights = softmax(graph, logits);
  const weighted = mul(graph, weights, loss);
  const average = reduce(graph, 'ReduceSum', weighted, 1, true);
  const byWeight = mul(graph, sub(graph, loss, average), sharpness);
  const slope = mul(graph, weights, add(graph, byWeight, number(graph, 1)));
  const [byNegative, byPositive] = [slope, weights].map((x) => where(mul(graph, x, share)));
  return [mean(graph, weighted), places, byNegative!, byPositive!];
}

type BackwardInputs = Record<'dy' | 'texts' | 'labels' | 'saved1' | 'saved2' | 'saved3', Value>;

/** The gradient by the similarities is sparse: a row has a slope at its negatives and one at its positive. */
function backward(graph: Graph, inputs: BackwardInputs): Value[] {
  const { dy, texts, labels, saved1: places, saved2: byNegative, saved3: byPositive } = inputs;
  const size = texts.shape[0]!;
  const slopes = scatterColumns(graph, [size, size], places, mul(graph, byNegative, dy));
  const fall = reduce(graph, 'ReduceSum', mul(graph, byPositive, dy), 1, true);
  const side = (other: Value, transA: boolean): Value =>
    sub(graph, gemm(graph, slopes, other, { transA }), mul(graph, other, fall));
  return [side(labels, false), side(texts, true)];
}

const inBatchKernel: FusedKernel = {
  forward: kernel<'texts' | 'labels' | 'target', OhnmOptions>(forward),
  backward: kernel<keyof BackwardInputs>(backward),
};
