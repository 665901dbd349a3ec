import * as tf from '@tensorflow/tfjs';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { TrainerThread } from '../../../operators/train-step.js';
import { compile } from '../../../src/engine/compile.js';
import type { Arrays, Signature } from '../../../src/engine/session.js';
import { readSafetensors } from '../../../src/formats/safetensors.js';
import { adamw } from '../../../src/model/optimisers/adamw.js';
import { atStep } from '../../../src/model/optimisers/rule.js';
import { Random } from '../../../src/random.js';
import { Trainer, type TrainerOptions } from '../../../src/train/trainer.js';
import { distance, largest } from '../../engine/agree.js';
import makeAstecLists, {
  initialClassifiers,
  listLoss,
  powerIteration,
  residual,
  type AstecListsOptions,
  type ListBatch,
} from './astec-lists.js';
import { fixture, isPublished, publishedLosses } from './published.js';

tf.enableProdMode(); // silences its advice to install a native binding

const [LABELS, DIM, BATCH, WIDTH, SEED] = [60, 8, 12, 7, 5];
const SCHEDULE = { kind: 'step', rate: 0.05, factor: 0.5, at: [30, 50] } as const;
const OBJECTIVE = new URL('./astec-lists.js', import.meta.url);

/** Each label has a direction; a text is near those of its labels. */
function batchAt(step: number): ListBatch {
  const random = Random.of(2, step);
  const directions = initialClassifiers(
    Int32Array.from({ length: LABELS }, (_x, i) => i),
    { labels: 1, dim: DIM, seed: 77 },
  );
  const features = new Float32Array(BATCH * DIM);
  const lists = new Int32Array(BATCH * WIDTH).fill(-1);
  const positive = new Uint8Array(BATCH * WIDTH);
  for (let text = 0; text < BATCH; text++) {
    const own = random.below(LABELS);
    for (let i = 0; i < DIM; i++) features[text * DIM + i] = Math.max(0, directions[own * DIM + i]!);
    lists[text * WIDTH] = own;
    positive[text * WIDTH] = 1;
    const length = 1 + random.below(WIDTH); // some lists are padded
    for (let k = 1; k < length; k++) {
      const other = random.below(LABELS);
      lists[text * WIDTH + k] = other === own ? (own + 1) % LABELS : other; // may repeat
    }
  }
  return { epoch: 0, step, rows: new Int32Array(BATCH), features, lists, positive };
}

const optionsIn = (folder: string): AstecListsOptions => ({
  labels: LABELS,
  dim: DIM,
  folder,
  schedule: SCHEDULE,
});

const open = (folder: string, given: Partial<TrainerOptions> = {}) =>
  new Trainer(makeAstecLists(optionsIn(folder), { seed: SEED, device: 'cpu' }), {
    threads: 1,
    seed: SEED,
    ...given,
  });

test('the loss on lists is the published one', async (t) => {
  const published = publishedLosses().find(({ name }) => name.startsWith('BCE on a shortlist'))!;
  await isPublished(t, published, listLoss);
});

interface PublishedBlock {
  x: number[][];
  parameters: { W: number[][]; c: number[] };
  u_before: number[];
  v_before: number[];
  u_after: number[];
  v_after: number[];
  output_training: number[][];
  output_gradient: number[][];
  gradients: { x: number[][]; W: number[][]; c: number[] };
}

test('the residual block is the published one, with its power iteration', async (t) => {
  const { block } = fixture('systems-residual') as { block: PublishedBlock };
  const floats = (values: number[] | number[][]) => Float32Array.from(values.flat());
  const state = {
    weight: floats(block.parameters.W),
    shift: floats(block.parameters.c),
    u: floats(block.u_before),
    v: floats(block.v_before),
  };
  const dim = state.shift.length;
  powerIteration(state, dim);
  t.ok(distance(state.u, block.u_after) < 1e-5, 'u');
  t.ok(distance(state.v, block.v_after) < 1e-5, 'v');

  const feeds: Arrays = { ...state, x: floats(block.x), dy: floats(block.output_gradient) };
  const shapes = { weight: [dim, dim], shift: [dim], u: [dim], v: [dim], x: [6, dim], dy: [6, dim] };
  const signature: Signature = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, { dtype: 'float32', shape }] as const),
  );
  await using session = await compile(({ weight, shift, x, u, v, dy }) => {
    const outputOf = (...[weight, shift, x]: tf.Tensor[]) =>
      residual({ weight: weight!, shift: shift!, u: u!, v: v! }, x as tf.Tensor2D);
    const grads = tf.grads((...given) => tf.sum(tf.mul(outputOf(...given), dy!)))([weight!, shift!, x!]);
    return { output: outputOf(weight!, shift!, x!), W: grads[0]!, c: grads[1]!, x: grads[2]! };
  }, signature);
  const { output, ...gradients } = await session.run(feeds);
  t.ok(distance(output!, block.output_training.flat()) < 1e-5, 'output');
  for (const [name, expected] of Object.entries(block.gradients))
    t.ok(distance(gradients[name]!, expected.flat(), largest(expected.flat())) < 1e-5, `gradient of ${name}`);
});

/** The same method over dense parameters and list by list, with SparseAdam by a mask of the rows used. */
async function reference(dir: string, steps: number) {
  const all = Int32Array.from({ length: LABELS }, (_x, i) => i);
  const state = makeAstecLists(optionsIn(dir), { seed: SEED, device: 'cpu' }).parameters;
  const data = (name: string) => (state[name] as { data: Float32Array }).data;
  const block = { weight: data('weight'), shift: data('shift'), u: data('u'), v: data('v') };
  let values: tf.Tensor[] = [
    tf.tensor2d(initialClassifiers(all, { labels: LABELS, dim: DIM, seed: SEED }), [LABELS, DIM]),
    tf.zeros([LABELS, 1]),
    tf.tensor2d(block.weight, [DIM, DIM]),
    tf.tensor1d(block.shift),
  ];
  let moments = values.map((x) => ({ m: tf.zerosLike(x), v: tf.zerosLike(x) }));
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { features, lists, positive } = batchAt(step);
    block.weight.set(values[2]!.dataSync());
    powerIteration(block, DIM);
    const { value, grads } = tf.valueAndGrads((w, b, weight, shift) => {
      const [u, v] = [tf.tensor1d(block.u), tf.tensor1d(block.v)];
      const h = residual({ weight: weight, shift: shift, u, v }, tf.tensor2d(features, [BATCH, DIM]));
      const ids = tf.tensor1d(lists.map((label) => Math.max(0, label)), 'int32'); // prettier-ignore
      const rows = tf.reshape(tf.gather(w, ids), [BATCH, WIDTH, DIM]);
      const bias = tf.reshape(tf.gather(b, ids), [BATCH, WIDTH]);
      const logits = tf.add(tf.sum(tf.mul(rows, tf.expandDims(h, 1)), 2), bias);
      const mask = tf.tensor2d(lists.map((label) => Number(label >= 0)), [BATCH, WIDTH]); // prettier-ignore
      const p = tf.sigmoid(logits);
      const y = tf.tensor2d(positive, [BATCH, WIDTH]);
      const log = tf.add(tf.mul(y, tf.log(p)), tf.mul(tf.sub(1, y), tf.log(tf.sub(1, p))));
      return tf.div(tf.neg(tf.sum(tf.mul(log, mask))), BATCH);
    })(values);
    losses.push(value.dataSync()[0]!);
    const used = tf.tensor2d(all.map((label) => Number(lists.includes(label))), [LABELS, 1], 'bool'); // prettier-ignore
    const { size, epsilon } = atStep({ schedule: SCHEDULE, epsilon: 1e-8 }, step);
    const next = values.map((x, i) => adamw(x, grads[i]!, moments[i]!, { size: tf.scalar(size), epsilon }));
    const rest = (after: tf.Tensor, before: tf.Tensor, i: number) =>
      i < 2 ? tf.where(used, after, before) : after;
    moments = next.map(({ m, v }, i) => ({ m: rest(m, moments[i]!.m, i), v: rest(v, moments[i]!.v, i) }));
    values = next.map(({ parameter }, i) => rest(parameter, values[i]!, i));
  }
  return { losses, values: values.map((x) => x.dataSync()) };
}

test('steps equal those of the method written out over dense parameters', async (t) => {
  await tf.setBackend('cpu');
  const dir = t.testdir();
  const steps = 6;
  await using trainer = open(join(dir, 'rows'));
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) losses.push((await trainer.step(batchAt(step))).loss);
  const expected = await reference(dir, steps);
  t.ok(distance(losses, expected.losses) < 1e-5, 'losses');
  await trainer.save(join(dir, 'trained'));
  const trained = readSafetensors(join(dir, 'trained'));
  ['classifiers', 'bias', 'weight', 'shift'].forEach((name, i) => {
    t.ok(distance(trained[name]!.data, expected.values[i]!) < 1e-4, name);
  });
});

test('training in its own thread lowers the loss', async (t) => {
  await using trainer = new TrainerThread<ListBatch, AstecListsOptions>({
    objective: OBJECTIVE,
    options: optionsIn(t.testdir()),
    threads: 1,
    seed: SEED,
  });
  const losses: number[] = [];
  for (let step = 0; step < 60; step++) losses.push((await trainer.step(batchAt(step))).loss);
  const mean = (part: number[]) => part.reduce((sum, loss) => sum + loss, 0) / part.length;
  const [first, last] = [mean(losses.slice(0, 10)), mean(losses.slice(-10))];
  t.ok(last < 0.7 * first, `loss ${first} → ${last}`);
});

test('training resumed from a checkpoint is bit-identical', async (t) => {
  const dir = t.testdir();
  const [rows, folder] = [join(dir, 'rows'), join(dir, 'checkpoint')];
  mkdirSync(folder);
  const finish = async (trainer: Trainer<ListBatch>, name: string) => {
    for (let step = 15; step < 30; step++) await trainer.step(batchAt(step));
    await trainer.save(join(dir, name));
    return readFileSync(join(dir, name));
  };
  const place = { folder, number: 1 };
  let whole: Buffer;
  {
    await using trainer = open(rows);
    for (let step = 0; step < 15; step++) await trainer.step(batchAt(step));
    await trainer.checkpoint(place);
    whole = await finish(trainer, 'whole');
  }
  await using trainer = open(rows, { from: place });
  t.ok((await finish(trainer, 'resumed')).equals(whole));
});
