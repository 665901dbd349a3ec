/** DEXA's Module I: a Siamese encoder with auxiliary vectors added to the labels. Without them it is NGAME's. */
import * as tf from '@tensorflow/tfjs';
import { encoderOf } from '../../encode/encoders.js';
import { auxiliaryFile, loadModel, saveModel } from '../../encode/model-folder.js';
import { Matrix } from '../../formats/npy.js';
import { augment, initialAuxiliary } from '../../model/layers/auxiliary.js';
import { normalise } from '../../model/layers/normalise.js';
import { inBatchLossOf, type InBatchLoss } from '../../model/losses/in-batch.js';
import type { Rule } from '../../model/optimisers/rule.js';
import type { Schedule } from '../../model/optimisers/schedule.js';
import type { PairBatch } from '../../sample/pairs.js';
import { encoderParameters } from '../encoder-parameters.js';
import type { BatchInputs, DiskParameter, Input, MakeObjective, Objective } from '../objective.js';

export interface PairObjectiveOptions {
  /** Folder of the model to start from. Its auxiliary vectors, if any, are ignored: they belong to its own map of labels. */
  model: string;
  /** Maximum tokens per text, to record in the trained model. */
  maxLength: number;
  /** Auxiliary vectors; absent for NGAME. */
  auxiliary?: AuxiliaryOptions | undefined;
  loss: InBatchLoss;
  schedule: Schedule;
  /** Weight decay of the dense matrices. */
  decay: number;
  /** A writable float32 `.npy`, `[training texts, dim]`: receives the last embedding of each text. */
  bank: string;
}

export interface AuxiliaryOptions {
  count: number;
  /** The float32 `.npy` to create for them and their moments. */
  rows: string;
  /** Maximum bytes of them in memory. */
  memory: number;
}

/** The trained model is a folder, with `auxiliary.npy` if there are auxiliary vectors. */
const make: MakeObjective<PairObjectiveOptions, PairBatch> = (options, { seed, device }) => {
  const { model, maxLength, auxiliary, schedule, decay } = options;
  const { config, parameters } = loadModel(model);
  const encoder = encoderOf(config, device === 'cpu' ? undefined : Infinity);
  const { dim } = encoder;
  const bank = Matrix.open(options.bank, 'float32', { writable: true });
  return {
    parameters: {
      ...encoderParameters(encoder, parameters, { schedule, decay }),
      ...(auxiliary && { auxiliary: auxiliaryParameter(auxiliary, { dim, seed, rule: { schedule } }) }),
    },
    texts: { encoder, of: ({ tokens }) => tokens },
    inputs: pairInputs,
    loss: pairLoss(options.loss),
    after: ({ texts }, { rows }) => {
      bank.scatter(rows, texts as Float32Array);
    },
    flush: () => {
      bank.finish();
    },
    async save(folder, rows) {
      saveModel(folder, { from: model, maxLength, parameters });
      if (!auxiliary) return;
      using file = Matrix.create(auxiliaryFile(folder), { dtype: 'float32', cols: dim });
      for (const block of rows('auxiliary')) file.append(block);
      file.finish();
    },
    [Symbol.dispose]: () => {
      bank[Symbol.dispose]();
    },
  };
};
export default make;

function auxiliaryParameter(
  { count, rows: path, memory }: AuxiliaryOptions,
  { dim, seed, rule }: { dim: number; seed: number; rule: Rule },
): DiskParameter {
  const initial = (ids: Int32Array): Float32Array => {
    const rows = new Float32Array(ids.length * dim);
    ids.forEach((id, i) => {
      rows.set(initialAuxiliary(id, { count, dim, seed }), i * dim);
    });
    return rows;
  };
  return { at: 'disk', shape: [count, dim], path, memory, initial, rule };
}

/** The target of all pairs, and the batch's rows of auxiliary vectors, padded to the number of labels. */
export function pairInputs({ rows: { length }, target, auxiliary }: PairBatch): BatchInputs {
  const part: Record<string, Input> = {
    target: { shape: [length, length], data: target },
    apart: { shape: [length], data: unrelated(target, length) },
  };
  if (!auxiliary) return { rows: {}, parts: [part] };
  part['auxiliaryRow'] = { shape: [length], data: auxiliary.row };
  return { rows: { auxiliary: { ids: auxiliary.ids, count: length } }, parts: [part] };
}

/** Half a batch away, beyond the cluster that a text comes from. */
const across = (size: number): number => size >> 1;

/** For each text, whether the label half a batch after its own is none of its labels, as weights of sum 1, `[B]`. */
function unrelated(target: Uint8Array, size: number): Float32Array {
  const apart = Float32Array.from({ length: size }, (_x, i) =>
    Number(target[i * size + ((i + across(size)) % size)] === 0),
  );
  const count = apart.reduce((sum, x) => sum + x, 0);
  return apart.map((x) => x / Math.max(1, count));
}

/** The mean cosine of texts and labels that are not theirs, one for each text. */
function cosineOfUnrelated(texts: tf.Tensor2D, labels: tf.Tensor2D, apart: tf.Tensor1D): tf.Scalar {
  const [size, dim] = labels.shape;
  const at = across(size);
  const shifted = tf.concat([
    tf.slice(labels, [at, 0], [size - at, dim]),
    tf.slice(labels, [0, 0], [at, dim]),
  ]);
  return tf.sum(tf.mul(tf.sum(tf.mul(texts, shifted), 1), apart));
}

/**
 * x_i = E(text_i); z_l = E(label_l) + a_m(l); loss over cos(x_i, z_l). The embeddings are `[2B, dim]`: the texts', then the
 * labels'. Keeps `texts`, the x, normalised.
 */
export const pairLoss =
  (options: InBatchLoss): Objective['loss'] =>
  ({ auxiliary }, { target, apart, auxiliaryRow }, embeddings) => {
    const [size, dim] = [target!.shape[0], embeddings!.shape[1]];
    const texts = normalise(tf.slice(embeddings!, [0, 0], [size, dim]));
    const plain = tf.slice(embeddings!, [size, 0], [size, dim]);
    const augmented = auxiliary
      ? augment(plain, auxiliary as tf.Tensor2D, auxiliaryRow as tf.Tensor1D)
      : plain;
    const labels = normalise(augmented);
    const loss = inBatchLossOf(options)(texts, labels, target as tf.Tensor2D);
    const cosine = cosineOfUnrelated(texts, labels, apart as tf.Tensor1D);
    return { loss, keep: { texts, cosine } };
  };
