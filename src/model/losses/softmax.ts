/**
 * Cross entropy in the mini-batch (InfoNCE, both ways round as in CLIP): the mean over texts i and labels i of
 * −log p(label i | text i) and −log p(text i | label i), with p the softmax of the cosines divided by a temperature. All other
 * pairs of the batch are negatives, so a batch of equal cosines has a gradient that drives them apart.
 */
import * as tf from '@tensorflow/tfjs';
import type { Graph, Value } from '../../engine/graph.js';
import { add, div, mul, number, sub } from '../../engine/kernels/arithmetic.js';
import { select } from '../../engine/kernels/elementwise.js';
import { elementwise, kernel, reshape, type FusedKernel } from '../../engine/kernels/kernel.js';
import { gemm } from '../../engine/kernels/linear-algebra.js';
import { mean, reduce } from '../../engine/kernels/reduction.js';
import { fused } from '../layers/fused.js';

export interface SoftmaxOptions {
  /** τ, at least 0.03: the exponentials of cosines are taken relative to a cosine of 1, and underflow below. */
  temperature: number;
}

/**
 * The loss from `similarity` `[B, B]`, cosines of text × sampled label; the positive of text i is label i. `target` (bool, same
 * shape) is true where the label is a positive of the text: such a pair is no negative, neither of the text nor of the label.
 */
export function softmaxLoss(
  similarity: tf.Tensor2D,
  target: tf.Tensor2D,
  { temperature }: SoftmaxOptions,
): tf.Scalar {
  const size = similarity.shape[0];
  const logits = tf.div(similarity, temperature);
  const own = tf.cast(tf.eye(size), 'bool');
  const counted = tf.where(tf.logicalAnd(target, tf.logicalNot(own)), tf.fill([size, size], -1e6), logits);
  const positive = tf.sum(tf.mul(logits, tf.eye(size)), 1);
  const loss = (axis: number): tf.Tensor => tf.sub(tf.logSumExp(counted, axis), positive);
  return tf.mean(tf.mul(0.5, tf.add(loss(1), loss(0))));
}

/** `softmaxLoss` of the inner products of `texts` and `labels`, `[B, dim]` of unit length each. */
export const inBatchSoftmax = (
  texts: tf.Tensor2D,
  labels: tf.Tensor2D,
  target: tf.Tensor2D,
  options: SoftmaxOptions,
): tf.Scalar =>
  fused({
    kernel: softmaxKernel,
    inputs: { texts, labels, target },
    attributes: options,
    keep: ['texts', 'labels'],
    differentiable: ['texts', 'labels'],
    plain: () => softmaxLoss(tf.matMul(texts, labels, false, true), target, options),
  });

/** Takes each exponential once for both directions. Saves the slopes: of the negatives `[B, B]`, and of the positives `[B, 1]`. */
function forward(
  graph: Graph,
  { texts, labels, target }: Record<'texts' | 'labels' | 'target', Value>,
  { temperature }: SoftmaxOptions,
): Value[] {
  const size = texts.shape[0]!;
  const [one, sharpness] = [number(graph, 1), number(graph, 1 / temperature)];
  const relative = (cosine: Value): Value => mul(graph, sub(graph, cosine, one), sharpness);
  const exp = (x: Value): Value => elementwise(graph, 'Exp', [x]);
  const products = exp(relative(gemm(graph, texts, labels, { transB: true })));
  const negatives = select(graph, target, number(graph, 0), products); // the target's diagonal is true
  const logit = relative(reduce(graph, 'ReduceSum', mul(graph, texts, labels), 1, true)); // [size, 1]
  const positive = exp(logit);
  const ofTexts = add(graph, reduce(graph, 'ReduceSum', negatives, 1, true), positive);
  const across = reduce(graph, 'ReduceSum', negatives, 0, true); // [1, size]
  const ofLabels = add(graph, reshape(graph, across, [size, 1]), positive);
  const log = (x: Value): Value => elementwise(graph, 'Log', [x]);
  const pairs = add(graph, log(ofTexts), log(ofLabels));
  const half = number(graph, 0.5);
  const loss = mean(graph, sub(graph, mul(graph, pairs, half), logit));
  const share = number(graph, 1 / (2 * temperature * size));
  const [byText, byLabel] = [ofTexts, ofLabels].map((sum) => div(graph, share, sum));
  const slope = mul(graph, negatives, add(graph, byText!, reshape(graph, byLabel!, [1, size])));
  const own = mul(graph, positive, add(graph, byText!, byLabel!));
  const rise = sub(graph, number(graph, 1 / (temperature * size)), own);
  return [loss, slope, rise];
}

type BackwardInputs = Record<'dy' | 'texts' | 'labels' | 'saved1' | 'saved2', Value>;

function backward(graph: Graph, { dy, texts, labels, saved1: slope, saved2: rise }: BackwardInputs): Value[] {
  const slopes = mul(graph, slope, dy);
  const rises = mul(graph, rise, dy);
  const side = (other: Value, transA: boolean): Value =>
    sub(graph, gemm(graph, slopes, other, { transA }), mul(graph, other, rises));
  return [side(labels, false), side(texts, true)];
}

const softmaxKernel: FusedKernel = {
  forward: kernel<'texts' | 'labels' | 'target', SoftmaxOptions>(forward),
  backward: kernel<keyof BackwardInputs>(backward),
};
