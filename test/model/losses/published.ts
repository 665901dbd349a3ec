/** Compares our losses with values of the DEXA authors' own functions on random similarities. */
import * as tf from '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { distance } from '../../engine/agree.js';

interface Case {
  name: string;
  similarity: number[][];
  target: number[][];
  loss: number;
  gradient: number[][];
}

const { cases } = JSON.parse(readFileSync('test/fixtures/losses.json', 'utf8')) as { cases: Case[] };

/** One test for each of the published cases named in `losses`. */
export function arePublished(
  losses: Record<string, (similarity: tf.Tensor2D, target: tf.Tensor2D) => tf.Scalar>,
): void {
  for (const [name, loss] of Object.entries(losses))
    test(`${name} is the published loss`, async (t) => {
      await tf.setBackend('cpu');
      const given = cases.find((each) => each.name === name)!;
      const target = tf.tensor2d(given.target, undefined, 'bool');
      const { value, grad } = tf.valueAndGrad((s) => loss(s as tf.Tensor2D, target))(
        tf.tensor2d(given.similarity),
      );
      t.ok(Math.abs(value.dataSync()[0]! - given.loss) < 1e-5, 'loss');
      t.ok(distance(grad.dataSync(), given.gradient.flat(), 1) < 1e-5, 'gradient');
    });
}
