/** Random steps of Module I, for tests and benches. */
import type { Arrays, Data, Signature, TensorFunction } from '../../src/engine/session.js';
import { sizeOf } from '../../src/engine/session.js';
import { endToEnd, layOut, longest } from '../../src/encode/sequences.js';
import { bag } from '../../src/model/encoders/bag.js';
import { bert } from '../../src/model/encoders/bert.js';
import type { BertConfig } from '../../src/model/encoders/bert-parameters.js';
import type { Encoder } from '../../src/model/encoders/encoder.js';
import type { InBatchLoss } from '../../src/model/losses/in-batch.js';
import { Random } from '../../src/random.js';
import { dropoutArrays } from '../../src/train/dropout.js';
import { pairLoss } from '../../src/train/objectives/pairs.js';
import { wholeStep, type LossShape } from '../../src/train/step.js';
import { textArrays } from '../../src/encode/texts.js';

export interface StepOptions {
  /** Number of texts, and of labels. */
  batch: number;
  /** Lengths of texts and labels are drawn up to twice these means. */
  length: readonly [text: number, label: number];
  /** Default: a bag of 16 dimensions. */
  encoder?: Encoder;
  /** Number of rows gathered from the token table. */
  rows: number;
  auxiliary: boolean;
  loss?: InBatchLoss;
}

export interface RandomStep {
  encoder: Encoder;
  signature: Signature;
  feeds: Arrays;
  fn: TensorFunction;
}

/** One step with its feeds. Some tokens are padding: their text is the number of texts. */
export function randomStep(
  seed: number,
  {
    batch,
    length,
    encoder = bag(16),
    rows,
    auxiliary,
    loss = { kind: 'ohnm-triplet', negatives: 3, margin: 0.3 },
  }: StepOptions,
): RandomStep {
  const random = Random.of(seed, 'step');
  const lengths = Array.from(
    { length: 2 * batch },
    (_x, i) => random.below(2 * length[i < batch ? 0 : 1]) + 1,
  );
  lengths[0] = 0; // a text may be empty
  const offsets = new Int32Array(2 * batch + 1);
  lengths.forEach((n, i) => (offsets[i + 1] = offsets[i]! + n));
  const layout = encoder.attends ? layOut(offsets, longest(offsets)) : endToEnd(offsets);
  const { width } = layout;
  const sequences = layout.sequences + Math.ceil(5 / width);
  const gathered = Object.fromEntries(Object.keys(encoder.tables).map((name) => [name, rows]));
  const shape = { texts: 2 * batch, width, sequences, rows: gathered };
  const pairs: LossShape = {
    parameters: auxiliary
      ? { auxiliary: { input: 'rows/auxiliary', shape: [batch, encoder.dim], trained: true } }
      : {},
    inputs: {
      target: { dtype: 'bool', shape: [batch, batch] },
      apart: { dtype: 'float32', shape: [batch] },
      ...(auxiliary && { auxiliaryRow: { dtype: 'int32', shape: [batch] } }),
    },
  };
  const { signature, fn } = wholeStep(pairLoss(loss), pairs, { encoder, shape });
  const row = Int32Array.from({ length: offsets.at(-1)! }, () => random.below(rows));
  const feeds: Arrays = {
    ...textArrays({ row, offsets }, layout, shape),
    'batch/target': Uint8Array.from({ length: batch * batch }, (_x, i) =>
      i % (batch + 1) === 0 || random.below(10) === 0 ? 1 : 0,
    ),
    'batch/apart': new Float32Array(batch).fill(1 / batch),
  };
  const uniform = (name: string): Data =>
    Float32Array.from({ length: sizeOf(signature[name]!.shape) }, () => random.next() - 0.5);
  for (const name of Object.keys(signature)) if (/^(p|rows)\//.test(name)) feeds[name] = uniform(name);
  Object.assign(feeds, dropoutArrays(encoder, shape, random));
  if (auxiliary) feeds['batch/auxiliaryRow'] = new Int32Array(batch).map(() => random.below(batch));
  return { encoder, signature, feeds, fn };
}

/** Two layers of three heads. */
export const smallBert = (options: Partial<BertConfig> = {}): Encoder =>
  bert({
    family: 'bert',
    prefix: '',
    dim: 12,
    layers: 2,
    heads: 3,
    inner: 20,
    positions: 16,
    types: 2,
    epsilon: 1e-12,
    dropout: 0,
    attentionDropout: 0,
    pooling: 'mean',
    ...options,
  });
