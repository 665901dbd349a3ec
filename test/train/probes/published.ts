/** Compares a compiled function of one tensor with the authors' own module: values and gradients. */
import * as tf from '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import type { Test } from 'tap';
import { distance, largest } from '../../engine/agree.js';
import { compile } from '../../../src/engine/compile.js';
import type { Arrays, Signature } from '../../../src/engine/session.js';

export interface PublishedLoss {
  name: string;
  similarity: number[][];
  target: number[][];
  mask?: number[][];
  loss: number;
  gradient: number[][];
}

export const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(`test/fixtures/${name}.json`, 'utf8'));

export const publishedLosses = (): PublishedLoss[] =>
  (fixture('systems-losses') as { cases: PublishedLoss[] }).cases;

/** The loss of similarities, compiled, is the published one to a relative 1e-5. */
export async function isPublished(
  t: Test,
  { similarity, target, mask, loss: expected, gradient }: PublishedLoss,
  loss: (similarity: tf.Tensor2D, target: tf.Tensor2D, mask: tf.Tensor2D) => tf.Scalar,
): Promise<void> {
  const shape = [similarity.length, similarity[0]!.length];
  const signature: Signature = {
    similarity: { dtype: 'float32', shape },
    target: { dtype: 'bool', shape },
    mask: { dtype: 'float32', shape },
  };
  const matrix = (x: tf.Tensor | undefined) => x as tf.Tensor2D;
  await using session = await compile((inputs) => {
    const { target, mask } = inputs;
    const of = (s: tf.Tensor) => loss(matrix(s), matrix(target), matrix(mask));
    const { value, grad } = tf.valueAndGrad(of)(inputs['similarity']!);
    return { value, grad };
  }, signature);
  const feeds: Arrays = {
    similarity: Float32Array.from(similarity.flat()),
    target: Uint8Array.from(target.flat()),
    mask: Float32Array.from((mask ?? target.map((row) => row.map(() => 1))).flat()),
  };
  const { value, grad } = await session.run(feeds);
  t.ok(Math.abs(value![0]! - expected) < 1e-5 * expected, `loss ${value![0]!}`);
  t.ok(distance(grad!, gradient.flat(), largest(gradient.flat())) < 1e-5, 'gradient');
}
