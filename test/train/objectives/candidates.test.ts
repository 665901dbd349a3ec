/** Compares Module II with its plain form, and training on disk with training in memory. */
import * as tf from '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import type { CandidateBatch } from '../../../src/sample/candidates.js';
import { adamw, stepSize } from '../../../src/model/optimisers/adamw.js';
import { ohnmMulti } from '../../../src/model/losses/ohnm-multi.js';
import { learningRate } from '../../../src/model/optimisers/schedule.js';
import { Random } from '../../../src/random.js';
import { Matrix } from '../../../src/formats/npy.js';
import makeCandidates, { type CandidateObjectiveOptions } from '../../../src/train/objectives/candidates.js';
import { Trainer } from '../../../src/train/trainer.js';

tf.enableProdMode(); // silences its advice to install a native binding

const [LABELS, DIM, BATCH] = [200, 8, 12];
const LOSS = { kind: 'ohnm-multi', positives: 3, negatives: 5, margin: 0.2 } as const;
const SCHEDULE = { kind: 'linear', rate: 1e-2, warmup: 3, steps: 40 } as const;

function unitRows(count: number, random: Random): Float32Array {
  const rows = Float32Array.from({ length: count * DIM }, () => random.next() - 0.5);
  for (let row = 0; row < count; row++) {
    const own = rows.subarray(row * DIM, (row + 1) * DIM);
    const length = Math.hypot(...own);
    own.forEach((x, i) => (own[i] = x / length));
  }
  return rows;
}

/** Steps with overlapping candidates and one to five labels per text. */
function batchAt(step: number): CandidateBatch {
  const random = Random.of(1, step);
  const labels = Array.from({ length: BATCH }, () =>
    Array.from({ length: 1 + random.below(5) }, () => random.below(LABELS)),
  );
  const candidates = Int32Array.from(new Set(labels.flat())).sort();
  return {
    epoch: 0,
    step,
    rows: Int32Array.from({ length: BATCH }, (_x, i) => i),
    embeddings: unitRows(BATCH, random),
    candidates,
    target: Uint8Array.from(labels.flatMap((own) => [...candidates].map((id) => Number(own.includes(id))))),
  };
}

function prepare(dir: string, given: Partial<CandidateObjectiveOptions> = {}) {
  const labels = join(dir, 'labels.npy');
  using matrix = Matrix.create(labels, { dtype: 'float32', cols: DIM });
  matrix.append(unitRows(LABELS, new Random(9)));
  matrix.finish();
  const objective = makeCandidates(
    {
      labels,
      rows: join(dir, 'rows.npy'),
      memory: 1 << 20,
      loss: LOSS,
      dropout: 0.5,
      schedule: SCHEDULE,
      ...given,
    },
    { seed: 4, device: 'cpu' },
  );
  return new Trainer(objective, { threads: 1, seed: 4 });
}

const STEPS = 30;

async function run(dir: string, given: Partial<CandidateObjectiveOptions> = {}) {
  const path = join(dir, 'classifiers.npy');
  await using trainer = prepare(dir, given);
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) losses.push((await trainer.step(batchAt(step))).loss);
  await trainer.save(path);
  return { losses, bytes: readFileSync(path) };
}

test('with 5 % of the rows in memory the classifiers are bit-identical', async (t) => {
  const dir = t.testdir({ all: {}, few: {} });
  const whole = await run(join(dir, 'all'));
  const few = await run(join(dir, 'few'), { memory: 0.05 * LABELS * 3 * DIM * 4 });
  t.same(few.losses, whole.losses);
  t.ok(few.bytes.equals(whole.bytes));
});

test('a batch computed in parts has the gradient of the complete batch', async (t) => {
  const dir = t.testdir({ whole: {}, parts: {} });
  const whole = await run(join(dir, 'whole'));
  const parts = await run(join(dir, 'parts'), { scores: 3 * 64 });
  parts.losses.forEach((loss, i) => t.ok(Math.abs(loss - whole.losses[i]!) < 1e-5, `step ${i}`));
});

test('steps equal those of plain Adam on the published loss, over the candidates alone', async (t) => {
  await tf.setBackend('cpu');
  const dir = t.testdir();
  await using trainer = prepare(dir, { dropout: 0 });
  const rows = unitRows(LABELS, new Random(9));
  let w: tf.Tensor = tf.tensor2d(rows, [LABELS, DIM]);
  let moments = { m: tf.zerosLike(w), v: tf.zerosLike(w) };
  for (let step = 0; step < 6; step++) {
    const batch = batchAt(step);
    const { loss } = await trainer.step(batch);
    const count = batch.candidates.length;
    const ids = tf.tensor1d(batch.candidates, 'int32');
    const target = tf.tensor2d(batch.target, [BATCH, count], 'bool');
    const unit = (x: tf.Tensor) => tf.div(x, tf.norm(x, 2, 1, true));
    const { value, grad } = tf.valueAndGrad((w) => {
      const cosine = tf.matMul(
        tf.tensor2d(batch.embeddings, [BATCH, DIM]),
        unit(tf.gather(w, ids)),
        false,
        true,
      );
      return ohnmMulti(cosine as tf.Tensor2D, target, LOSS);
    })(w);
    const size = tf.scalar(stepSize(learningRate(step, SCHEDULE), step + 1));
    const next = adamw(w, grad, moments, { size, epsilon: 1e-8 });
    // Rows that are not candidates do not change, nor do their moments.
    const used = tf.greater(tf.sum(tf.oneHot(ids, LABELS), 0), 0).reshape([LABELS, 1]);
    w = tf.where(used, next.parameter, w);
    moments = { m: tf.where(used, next.m, moments.m), v: tf.where(used, next.v, moments.v) };
    t.ok(Math.abs(loss - value.dataSync()[0]!) < 1e-5, `loss of step ${step}`);
  }
  const path = join(dir, 'classifiers.npy');
  await trainer.save(path);
  using saved = Matrix.open(path, 'float32');
  const expected = tf.div(w, tf.norm(w, 2, 1, true)).dataSync();
  const worst = saved.read(0, LABELS).reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i]!)), 0);
  t.ok(worst < 1e-4, `classifiers differ by at most ${worst}`);
});

test('a batch with as many candidates as texts has no special diagonal', async (t) => {
  await using trainer = prepare(t.testdir(), { dropout: 0 });
  // Text i has the label of column 3 - i: the diagonal has no positives.
  const rows = unitRows(4, new Random(9)); // the embeddings of the first labels
  const reversed = [3, 2, 1, 0].flatMap((row) => [...rows.subarray(row * DIM, (row + 1) * DIM)]);
  const { loss } = await trainer.step({
    epoch: 0,
    step: 0,
    rows: Int32Array.of(0, 1, 2, 3),
    embeddings: Float32Array.from(reversed),
    candidates: Int32Array.of(0, 1, 2, 3),
    target: Uint8Array.from([0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0]),
  });
  t.ok(loss < 0.05, `each text is its label's own vector, so there is hardly a loss: ${loss}`);
});

test('a loss that is not finite stops training', async (t) => {
  await using trainer = prepare(t.testdir());
  const batch = batchAt(0);
  batch.embeddings.fill(NaN);
  await t.rejects(trainer.step(batch), {
    name: 'DivergedError',
    message: /^loss is NaN at step 0 of epoch 0: .*try a lower learning rate$/,
  });
});
