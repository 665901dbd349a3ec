/** Random steps of Module I, for tests and benches. */
import type { Arrays, Data, Signature } from '../../src/engine/session.js';
import { sizeOf } from '../../src/engine/session.js';
import { bag } from '../../src/model/bag.js';
import type { Encoder } from '../../src/model/encoder.js';
import type { OhnmOptions } from '../../src/model/losses.js';
import { Random } from '../../src/random.js';
import { stepFunction, stepSignature, type StepShape } from '../../src/train/step.js';

export interface StepOptions {
  /** Texts, and labels. */
  batch: number;
  /** Lengths of texts and labels are drawn up to twice these means. */
  length: readonly [text: number, label: number];
  dim: number;
  /** Rows of the token table that are gathered. */
  rows: number;
  auxiliary: boolean;
  loss?: OhnmOptions;
}

export interface Step {
  encoder: Encoder;
  shape: StepShape;
  signature: Signature;
  feeds: Arrays;
  fn: ReturnType<typeof stepFunction>;
}

/** One step with its feeds. Some tokens at the end are filling: their text is the number of texts. */
export function randomStep(
  seed: number,
  { batch, length, dim, rows, auxiliary, loss = { negatives: 3, margin: 0.3 } }: StepOptions,
): Step {
  const random = Random.of(seed, 'step');
  const lengths = Array.from(
    { length: 2 * batch },
    (_x, i) => random.below(2 * length[i < batch ? 0 : 1]) + 1,
  );
  lengths[0] = 0; // a text may be empty
  const text = Int32Array.from([
    ...lengths.flatMap((n, i) => Array<number>(n).fill(i)),
    ...Array<number>(5).fill(2 * batch),
  ]);
  const dense = {
    'linear.weight': [dim, dim],
    'linear.bias': [dim],
    'residual.weight': [dim, dim],
    'residual.bias': [dim],
  };
  const shape: StepShape = { batch, tokens: text.length, rows, auxiliary, dense };
  const encoder = bag(dim);
  const signature = stepSignature(encoder, shape);
  const uniform = (name: string): Data =>
    Float32Array.from({ length: sizeOf(signature[name]!.shape) }, () => random.next() - 0.5);
  const feeds: Arrays = {
    text,
    row: Int32Array.from(text, () => random.below(rows)),
    scale: Float32Array.from(lengths, (n) => (n === 0 ? 0 : 1 / n)),
    target: Uint8Array.from({ length: batch * batch }, (_x, i) =>
      i % (batch + 1) === 0 || random.below(10) === 0 ? 1 : 0,
    ),
    size: Float32Array.of(1e-3),
    decay: Float32Array.of(1e-4),
  };
  for (const [name, { shape }] of Object.entries(signature)) {
    if (/^[mv]\//.test(name)) feeds[name] = new Float32Array(sizeOf(shape));
    else if (/^(p|rows)\//.test(name)) feeds[name] = uniform(name);
  }
  if (auxiliary) feeds['auxiliary.row'] = new Int32Array(batch).map(() => random.below(batch));
  return { encoder, shape, signature, feeds, fn: stepFunction(encoder, shape, loss) };
}
