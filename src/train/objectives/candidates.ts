/** DEXA's Module II: a classifier per label, with a frozen encoder. */
import type * as tf from '@tensorflow/tfjs';
import { InputError } from '../../errors.js';
import { AtomicFile } from '../../files/atomic-file.js';
import { Matrix } from '../../formats/npy.js';
import { lengthOf } from '../../formats/vectors.js';
import { normalise } from '../../model/layers/normalise.js';
import { candidateLossOf, leastCandidates, type CandidateLoss } from '../../model/losses/candidate-loss.js';
import { NO_NEGATIVE } from '../../model/losses/stand-ins.js';
import type { Schedule } from '../../model/optimisers/schedule.js';
import { Random } from '../../random.js';
import type { CandidateBatch } from '../../sample/candidates.js';
import type { BatchInputs, Fit, MakeObjective } from '../objective.js';

export interface CandidateObjectiveOptions {
  /** A float32 `.npy` of label embeddings, unit rows: the initial value of each classifier. */
  labels: string;
  /** The float32 `.npy` to create for the classifiers and their moments, `[labels, 3 dim]`. */
  rows: string;
  /** Maximum bytes of them in memory. */
  memory: number;
  loss: CandidateLoss;
  schedule: Schedule;
  /** Dropout rate on the text embeddings. */
  dropout: number;
  /** Scores in memory at once: a larger batch is computed in parts; default 4 Mi. */
  scores?: number;
}

/** The published optimiser's (SparseAdam). */
const EPSILON = 1e-8;

/** A label without texts keeps its embedding. The result is a `.npy` of unit rows, `[labels, dim]`. */
const make: MakeObjective<CandidateObjectiveOptions, CandidateBatch> = (options, { seed }) => {
  const { rows: path, memory, schedule } = options;
  const labels = Matrix.open(options.labels, 'float32');
  return {
    parameters: {
      classifiers: {
        at: 'disk',
        shape: [labels.rows, labels.cols],
        path,
        memory,
        initial: (ids) => labels.gather(ids),
        rule: { schedule, epsilon: EPSILON },
      },
    },
    inputs: (batch, fit) =>
      candidateInputs({ ...batch, embeddings: dropped(batch, options, seed) }, options, fit),
    loss: ({ classifiers }, { texts, target, offset }) => ({
      loss: candidateLossOf(options.loss)(
        normalise(texts as tf.Tensor2D),
        normalise(classifiers as tf.Tensor2D),
        { target: target as tf.Tensor2D, offset: offset as tf.Tensor2D },
      ),
    }),
    save: (file, rows) => saveUnitRows(file, labels.cols, rows('classifiers')),
    [Symbol.dispose]: () => {
      labels[Symbol.dispose]();
    },
  };
};
export default make;

/** The embeddings with dropout, not scaled: cosines do not depend on their length. */
function dropped(
  { epoch, step, embeddings }: CandidateBatch,
  { dropout }: CandidateObjectiveOptions,
  seed: number,
): Float32Array {
  const random = Random.of(seed, 'classifier dropout', epoch, step);
  return embeddings.map((x) => (random.next() < dropout ? 0 : x));
}

/** The texts in equal parts whose scores fit in memory. */
function candidateInputs(
  { rows, embeddings, candidates, target }: CandidateBatch,
  { loss, scores = 1 << 22 }: CandidateObjectiveOptions,
  fit: Fit,
): BatchInputs {
  const count = candidates.length;
  const width = fit('candidates', Math.max(count, leastCandidates(loss)));
  const parts = divisorFrom(rows.length, Math.ceil((rows.length * width) / scores));
  const [texts, dim] = [rows.length / parts, embeddings.length / rows.length];
  const offset = { shape: [1, width], data: new Float32Array(width).fill(NO_NEGATIVE, count) };
  const partFrom = (begin: number) => {
    const padded = new Uint8Array(texts * width);
    for (let i = 0; i < texts; i++)
      padded.set(target.subarray((begin + i) * count, (begin + i + 1) * count), i * width);
    return {
      texts: { shape: [texts, dim], data: embeddings.subarray(begin * dim, (begin + texts) * dim) },
      target: { shape: [texts, width], data: padded },
      offset,
    };
  };
  return {
    rows: { classifiers: { ids: candidates, count: width } },
    parts: Array.from({ length: parts }, (_x, part) => partFrom(part * texts)),
  };
}

/** The smallest divisor of `n` that is at least `least`. */
function divisorFrom(n: number, least: number): number {
  for (let divisor = Math.max(1, least); divisor < n; divisor++) if (n % divisor === 0) return divisor;
  return n;
}

/** Writes the rows at unit length, atomically. @throws InputError if one is not finite. */
async function saveUnitRows(path: string, dim: number, blocks: Iterable<Float32Array>): Promise<void> {
  await using file = await AtomicFile.create(path);
  using out = Matrix.create(file.partial, { dtype: 'float32', cols: dim });
  for (const rows of blocks) {
    for (let i = 0; i < rows.length; i += dim)
      if (!toUnitLength(rows.subarray(i, i + dim)))
        throw new InputError(`${path}: the classifier of label ${out.rows + i / dim} is not finite`);
    out.append(rows);
  }
  out.finish();
  await file.finish();
}

/** Normalises in place; a row of zeros stays. Returns whether the row is finite. */
function toUnitLength(row: Float32Array): boolean {
  const length = lengthOf(row);
  for (let i = 0; length > 0 && i < row.length; i++) row[i]! /= length;
  return Number.isFinite(length);
}
