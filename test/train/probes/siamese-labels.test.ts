import * as tf from '@tensorflow/tfjs';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { TrainerThread } from '../../../operators/train-step.js';
import { pack, type Texts } from '../../../src/encode/pack.js';
import { readSafetensors } from '../../../src/formats/safetensors.js';
import { toLists } from '../../../src/formats/lists.js';
import { adamw } from '../../../src/model/optimisers/adamw.js';
import { atStep } from '../../../src/model/optimisers/rule.js';
import { Random } from '../../../src/random.js';
import { Trainer, type TrainerOptions } from '../../../src/train/trainer.js';
import { distance } from '../../engine/agree.js';
import { isPublished, publishedLosses } from './published.js';
import makeSiameseLabels, {
  kProbContrastive,
  labelLoss,
  type LabelBatch,
  type SiameseLabelsOptions,
} from './siamese-labels.js';

tf.enableProdMode(); // silences its advice to install a native binding

const [WORDS, DIM, BATCH, SEED] = [90, 10, 16, 6];
const OPTIONS: SiameseLabelsOptions = {
  words: WORDS,
  dim: DIM,
  schedule: { kind: 'step', rate: 0.05, factor: 0.75, at: [60] },
};

/** Weighted words of a label (three of its own) or of one of its texts (two of these, and others). */
function bagOf(words: number[]): { words: number[]; weights: number[] } {
  const length = Math.hypot(...words.map((word) => 1 + (word % 3)));
  return { words, weights: words.map((word) => (1 + (word % 3)) / length) };
}

function textsOf(bags: { words: number[]; weights: number[] }[]): Texts {
  return {
    ...toLists(bags.map(({ words }) => words)),
    weights: Float32Array.from(bags.flatMap(({ weights }) => weights)),
  };
}

/** 30 labels, drawn with replacement. */
function bagsAt(step: number) {
  const random = Random.of(4, step);
  const labels = Int32Array.from({ length: BATCH }, () => random.below(30));
  const text = (label: number) =>
    bagOf([
      ...new Set([3 * label, 3 * label + 1 + random.below(2), random.below(WORDS), random.below(WORDS)]),
    ]);
  const own = (label: number) => bagOf([3 * label, 3 * label + 1, 3 * label + 2]);
  return { labels, groups: [own, text, text].map((bag) => [...labels].map(bag)) };
}

function batchAt(step: number): LabelBatch {
  const { labels, groups } = bagsAt(step);
  return {
    epoch: 0,
    step,
    rows: labels,
    tokens: pack(...groups.map(textsOf)),
    target: Uint8Array.from([...labels].flatMap((row) => [...labels].map((label) => Number(row === label)))),
  };
}

const open = (given: Partial<TrainerOptions> = {}) =>
  new Trainer(makeSiameseLabels(OPTIONS, { seed: SEED, device: 'cpu' }), {
    threads: 1,
    seed: SEED,
    ...given,
  });

for (const published of publishedLosses().filter(({ name }) => name.startsWith('kProb')))
  test(`${published.name}: the loss is the published one`, async (t) => {
    const k = Number(/k=(\d)/.exec(published.name)![1]);
    await isPublished(t, published, (similarity, target) => kProbContrastive(similarity, target, k));
  });

/** The same method over a dense matrix of words, with SparseAdam by a mask of the words used. */
async function reference(steps: number) {
  const { data } = makeSiameseLabels(OPTIONS, { seed: SEED, device: 'cpu' }).parameters['embedding'] as {
    data: Float32Array;
  };
  let values: tf.Tensor = tf.tensor2d(data, [WORDS, DIM]);
  let moments = { m: tf.zerosLike(values), v: tf.zerosLike(values) };
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const bags = bagsAt(step).groups.flat();
    const dense = new Float32Array(bags.length * WORDS);
    bags.forEach(({ words, weights }, i) => {
      words.forEach((word, k) => (dense[i * WORDS + word] = weights[k]!));
    });
    const target = tf.tensor2d(batchAt(step).target, [BATCH, BATCH], 'bool');
    const { value, grad } = tf.valueAndGrad((words) => {
      const sums = tf.matMul(tf.tensor2d(dense, [bags.length, WORDS]), words);
      const half = tf.mul(0.5, tf.add(1, tf.erf(tf.mul(sums, Math.SQRT1_2))));
      return labelLoss({}, { target }, tf.mul(sums, half)).loss;
    })(values);
    losses.push(value.dataSync()[0]!);
    const used = tf.tensor2d(
      Array.from({ length: WORDS }, (_x, word) => bags.some(({ words }) => words.includes(word))),
      [WORDS, 1],
      'bool',
    );
    const { size, epsilon } = atStep({ schedule: OPTIONS.schedule, epsilon: 1e-8 }, step);
    const next = adamw(values, grad, moments, { size: tf.scalar(size), epsilon });
    values = tf.where(used, next.parameter, values);
    moments = { m: tf.where(used, next.m, moments.m), v: tf.where(used, next.v, moments.v) };
  }
  return { losses, embedding: values.dataSync() };
}

test('steps equal those of the method written out over a dense matrix of words', async (t) => {
  await tf.setBackend('cpu');
  const path = join(t.testdir(), 'trained');
  await using trainer = open();
  const losses: number[] = [];
  for (let step = 0; step < 6; step++) losses.push((await trainer.step(batchAt(step))).loss);
  const expected = await reference(6);
  t.ok(distance(losses, expected.losses) < 1e-5, 'losses');
  await trainer.save(path);
  t.ok(distance(readSafetensors(path)['embedding']!.data, expected.embedding) < 1e-4, 'word vectors');
});

test('training in its own thread lowers the loss', async (t) => {
  await using trainer = new TrainerThread<LabelBatch, SiameseLabelsOptions>({
    objective: new URL('./siamese-labels.js', import.meta.url),
    options: OPTIONS,
    threads: 1,
    seed: SEED,
  });
  const losses: number[] = [];
  for (let step = 0; step < 100; step++) losses.push((await trainer.step(batchAt(step))).loss);
  const mean = (part: number[]) => part.reduce((sum, loss) => sum + loss, 0) / part.length;
  const [first, last] = [mean(losses.slice(0, 10)), mean(losses.slice(-10))];
  t.ok(last < 0.7 * first, `loss ${first} → ${last}`);
});

test('training resumed from a checkpoint is bit-identical', async (t) => {
  const dir = t.testdir();
  const place = { folder: join(dir, 'checkpoint'), number: 1 };
  mkdirSync(place.folder);
  const finish = async (trainer: Trainer<LabelBatch>, name: string) => {
    for (let step = 15; step < 30; step++) await trainer.step(batchAt(step));
    await trainer.save(join(dir, name));
    return readFileSync(join(dir, name));
  };
  await using first = open();
  for (let step = 0; step < 15; step++) await first.step(batchAt(step));
  await first.checkpoint(place);
  const whole = await finish(first, 'whole');
  await using second = open({ from: place });
  t.ok((await finish(second, 'resumed')).equals(whole));
});
