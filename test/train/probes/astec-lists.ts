/**
 * Astec's classifiers on shortlists (WSDM 2021, module IV) as an objective: rows on disk with a bias each, a dense residual
 * block with spectral norm, BCE on lists, a rate that decays in steps. It checks that the trainer fits more than one method.
 */
import * as tf from '@tensorflow/tfjs';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { distinct, positionOf } from '../../../src/formats/arrays.js';
import { writeSafetensors } from '../../../src/formats/safetensors.js';
import { linear } from '../../../src/model/layers/linear.js';
import type { Schedule } from '../../../src/model/optimisers/schedule.js';
import { Random } from '../../../src/random.js';
import type { BatchPlan } from '../../../src/sample/reader.js';
import type { BatchInputs, Fit, MakeObjective, Named, Objective } from '../../../src/train/objective.js';

export interface ListBatch extends BatchPlan {
  /** Frozen features of the texts, `[B, dim]`. */
  features: Float32Array;
  /** Labels of each text's list, `[B, K]`; −1 is padding, a label that is listed twice counts twice. */
  lists: Int32Array;
  /** `[B, K]`: 1 where the label is a positive. */
  positive: Uint8Array;
}

export interface AstecListsOptions {
  labels: number;
  dim: number;
  /** Folder of the rows on disk. */
  folder: string;
  schedule: Schedule;
}

const make: MakeObjective<AstecListsOptions, ListBatch> = ({ labels, dim, folder, schedule }, { seed }) => {
  mkdirSync(folder, { recursive: true });
  const rule = { schedule, epsilon: 1e-8 };
  const block = identityBlock(dim, seed);
  const memory = (data: Float32Array, ...shape: number[]) => ({ at: 'memory', shape, data }) as const;
  const disk = { at: 'disk', memory: 4096, rule } as const;
  return {
    parameters: {
      classifiers: {
        ...disk,
        shape: [labels, dim],
        path: join(folder, 'classifiers.npy'),
        initial: (ids) => initialClassifiers(ids, { labels, dim, seed }),
      },
      bias: {
        ...disk,
        shape: [labels, 1],
        path: join(folder, 'bias.npy'),
        initial: ({ length }) => new Float32Array(length),
      },
      weight: { ...memory(block.weight, dim, dim), rule },
      shift: { ...memory(block.shift, dim), rule },
      u: memory(block.u, dim),
      v: memory(block.v, dim),
    },
    inputs: listInputs,
    loss: classifierLoss,
    before: () => {
      powerIteration(block, dim);
    },
    save: async (path, rows) => {
      const all = (name: string) => Float32Array.from([...rows(name)].flatMap((part) => [...part]));
      const tensors = { ...block, classifiers: all('classifiers'), bias: all('bias') };
      writeSafetensors(
        path,
        Object.fromEntries(
          Object.entries(tensors).map(([name, data]) => [name, { shape: [data.length], data }] as const),
        ),
      );
    },
  };
};
export default make;

const classifierLoss: Objective['loss'] = (parameters, { features, listed, target }) => {
  const h = residual(parameters, features as tf.Tensor2D);
  const scores = tf.matMul(h, parameters['classifiers'] as tf.Tensor2D, false, true);
  const logits = tf.add(scores, tf.transpose(parameters['bias']!));
  return { loss: listLoss(logits, target!, listed!) };
};

export interface SpectralBlock {
  /** `[out, in]`. */
  weight: Float32Array;
  shift: Float32Array;
  /** Estimates of the first left and right singular vectors. */
  u: Float32Array;
  v: Float32Array;
}

/** W = I, c = 0; u and v are random directions. */
function identityBlock(dim: number, seed: number): SpectralBlock {
  const direction = (name: string): Float32Array => {
    const random = Random.of(seed, name);
    return unit(Float32Array.from({ length: dim }, () => random.next() - 0.5));
  };
  return {
    weight: Float32Array.from({ length: dim * dim }, (_x, i) => Number(i % (dim + 1) === 0)),
    shift: new Float32Array(dim),
    u: direction('u'),
    v: direction('v'),
  };
}

function unit(x: Float32Array): Float32Array {
  const length = Math.hypot(...x);
  return x.map((value) => value / length);
}

/** v ← normalise(Wᵀu), u ← normalise(Wv), in place. */
export function powerIteration({ weight, u, v }: SpectralBlock, dim: number): void {
  const dot = (other: Float32Array, index: (i: number) => number): number =>
    other.reduce((sum, x, i) => sum + x * weight[index(i)]!, 0);
  v.set(unit(v.map((_x, column) => dot(u, (row) => row * dim + column))));
  u.set(unit(u.map((_x, row) => dot(v, (column) => row * dim + column))));
}

/** x + ReLU(Ŵx + c), Ŵ = W/σ, σ = uᵀWv; u and v are constant in the gradient, σ is not. */
export function residual({ weight, shift, u, v }: Named, x: tf.Tensor2D): tf.Tensor2D {
  const dim = x.shape[1];
  const along = tf.matMul(weight as tf.Tensor2D, tf.reshape(v!, [dim, 1]));
  const sigma = tf.sum(tf.mul(along, tf.reshape(u!, [dim, 1])));
  return tf.add(x, tf.relu(linear(x, tf.div(weight!, sigma), shift!)));
}

/** BCE, each entry as often as it is listed; the sum divided by the number of texts. */
export function listLoss(logits: tf.Tensor, target: tf.Tensor, listed: tf.Tensor): tf.Scalar {
  const terms = tf.sub(tf.softplus(logits), tf.mul(tf.cast(target, 'float32'), logits));
  return tf.div(tf.sum(tf.mul(terms, listed)), logits.shape[0]);
}

/** Xavier-uniform with gain √2 over `[labels + 1, dim]`. */
export function initialClassifiers(
  ids: Int32Array,
  { labels, dim, seed }: { labels: number; dim: number; seed: number },
): Float32Array {
  const bound = Math.SQRT2 * Math.sqrt(6 / (labels + 1 + dim));
  const rows = new Float32Array(ids.length * dim);
  ids.forEach((id, i) => {
    const random = Random.of(seed, 'classifier', id);
    for (let at = i * dim; at < (i + 1) * dim; at++) rows[at] = bound * (2 * random.next() - 1);
  });
  return rows;
}

/** The union of the lists, as columns. */
function listInputs({ rows, features, lists, positive }: ListBatch, fit: Fit): BatchInputs {
  const ids = distinct(lists.filter((label) => label >= 0));
  const count = fit('candidates', ids.length);
  const [texts, width] = [rows.length, lists.length / rows.length];
  const listed = new Float32Array(texts * count);
  const target = new Uint8Array(texts * count);
  lists.forEach((label, i) => {
    if (label < 0) return;
    const at = Math.floor(i / width) * count + positionOf(ids, label);
    listed[at]! += 1;
    target[at] = positive[i]!;
  });
  const used = { ids, count };
  const part = {
    features: { shape: [texts, features.length / texts], data: features },
    listed: { shape: [texts, count], data: listed },
    target: { shape: [texts, count], data: target },
  };
  return { rows: { classifiers: used, bias: used }, parts: [part] };
}
