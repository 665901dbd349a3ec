/**
 * SiameseXML's first stage (ICML 2021) as an objective: batches of labels, three groups of weighted bags of words through one
 * encoder, a contrastive loss of two matrices. It checks that the trainer fits more than one method.
 */
import * as tf from '@tensorflow/tfjs';
import type { Packed } from '../../../src/encode/pack.js';
import { writeSafetensors } from '../../../src/formats/safetensors.js';
import type { Encoder } from '../../../src/model/encoders/encoder.js';
import { gelu } from '../../../src/model/layers/gelu.js';
import { normalise } from '../../../src/model/layers/normalise.js';
import { topValues } from '../../../src/model/losses/top-values.js';
import type { Schedule } from '../../../src/model/optimisers/schedule.js';
import { Random } from '../../../src/random.js';
import type { BatchPlan } from '../../../src/sample/reader.js';
import { encoderParameters } from '../../../src/train/encoder-parameters.js';
import type { MakeObjective, Objective } from '../../../src/train/objective.js';

/** B labels, drawn with replacement, and two texts of each. */
export interface LabelBatch extends BatchPlan {
  /** Labels visited, `[B]`. */
  rows: Int32Array;
  /** The words of the B labels, of the first texts, and of the second texts, with weights. */
  tokens: Packed;
  /** `[B, B]`: 1 where the first text of column j is a text of the label of row i. */
  target: Uint8Array;
}

export interface SiameseLabelsOptions {
  words: number;
  dim: number;
  schedule: Schedule;
}

const make: MakeObjective<SiameseLabelsOptions, LabelBatch> = ({ words, dim, schedule }, { seed }) => {
  const random = Random.of(seed, 'words');
  const embedding = {
    shape: [words, dim],
    data: Float32Array.from({ length: words * dim }, () => random.next() - 0.5),
  };
  const encoder = weightedBag(dim);
  return {
    parameters: encoderParameters(encoder, { embedding }, { schedule, epsilon: 1e-8 }),
    texts: { encoder, of: ({ tokens }) => tokens },
    inputs: ({ rows: { length }, target }) => ({
      rows: {},
      parts: [{ target: { shape: [length, length], data: target } }],
    }),
    loss: labelLoss,
    save: async (path) => {
      writeSafetensors(path, { embedding });
    },
  };
};
export default make;

/** GELU(Σ weight · E) over the words of a text. */
export const weightedBag = (dim: number): Encoder => ({
  dim,
  tables: { embedding: dim },
  dense: {},
  attends: false,
  weighted: true,
  kept: 2 * dim,
  decays: () => false,
  dropouts: () => [],
  encode({ embedding }, { row, text, weight, scale }) {
    const words = tf.mul(tf.gather(embedding!, row), weight!);
    const sums = tf.unsortedSegmentSum(words, text, scale.shape[0] + 1);
    return gelu(tf.slice(sums as tf.Tensor2D, [0, 0], [scale.shape[0], dim]));
  },
});

/** 0.7 × labels against first texts + 0.3 × (both texts of a label) against first texts. */
export const labelLoss: Objective['loss'] = (_parameters, { target }, embeddings) => {
  const [size, dim] = [target!.shape[0], embeddings!.shape[1]];
  const group = (i: number) => tf.slice(embeddings!, [i * size, 0], [size, dim]);
  const texts = normalise(group(1));
  const against = (rows: tf.Tensor2D) =>
    kProbContrastive(tf.matMul(normalise(rows), texts, false, true), target as tf.Tensor2D, 1);
  const loss = tf.add(
    tf.mul(against(group(0)), 0.7),
    tf.mul(against(tf.add<tf.Tensor2D>(group(2), group(1))), 0.3),
  );
  return { loss: loss as tf.Scalar };
};

const [C, D] = [0.9, 1.5];

/** Σ over positives of −ln c + d(1 − s), and over the k hardest negatives of −ln(1 − c·e^{d(s − 1)}); mean over rows. */
export function kProbContrastive(similarity: tf.Tensor2D, target: tf.Tensor2D, k: number): tf.Scalar {
  const y = tf.cast(target, 'float32');
  const attraction = tf.sub(-Math.log(C), tf.mul(tf.sub(similarity, 1), D));
  const repulsion = tf.neg(tf.log(tf.sub(1, tf.mul(tf.exp(tf.mul(tf.sub(similarity, 1), D)), C))));
  const negatives = topValues(tf.mul(repulsion, tf.sub(1, y)), k); // a positive has 0, less than any negative
  return tf.div(tf.add(tf.sum(tf.mul(attraction, y)), tf.sum(negatives)), similarity.shape[0]);
}
