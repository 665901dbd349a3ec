/** The operators of training, from tokens on disk to a model, on a data set small enough for a test. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import tap, { test } from 'tap';
import { embed } from '../../operators/embed.js';
import { mineNegatives, ReaderThreads, type Epoch } from '../../operators/mine-negatives.js';
import { retrieve } from '../../operators/retrieve.js';
import { TrainerThread, trainStep } from '../../operators/train-step.js';
import { operator, pipeline } from '../../src/index.js';
import type { PairBatch, PairSources } from '../../src/sample/pairs.js';
import { auxiliaryFile, createModel } from '../../src/encode/model-folder.js';
import { Matrix, writeColumn } from '../../src/formats/npy.js';
import { toLists } from '../../src/formats/lists.js';
import { ENCODER } from '../../src/sources/published.js';
import { sourceOf } from '../../src/sources/kinds.js';
import type { PairObjectiveOptions } from '../../src/train/objectives/pairs.js';
import type { StepResult } from '../../src/train/trainer.js';
import { prepareStore } from '../../src/stages/prepare-store.js';
import { embedStore } from '../../src/stages/embed-labels.js';
import { collect } from '../collect.js';
import { contract } from '../contract.js';
import { tinyDataset } from '../tiny.js';

const [BATCH, DIM] = [16, 32];
const rows = Int32Array.from({ length: 64 }, (_x, i) => i);

/** Everything a trainer needs, on disk. */
async function prepare(dir: string) {
  const model = join(dir, 'initial');
  createModel(model, { maxLength: 16, dim: DIM });
  const dataset = await tinyDataset(join(dir, 'data'));
  const store = await prepareStore(
    { dataset, dir: join(dir, 'store'), tokenizer: model, maxLength: 16, threads: 1 },
    {},
  );
  const auxiliary = join(dir, 'auxiliary.npy');
  writeColumn(auxiliary, [Int32Array.from({ length: dataset.labels }, (_x, label) => label % 7)]);
  const bank = join(dir, 'bank.npy');
  Matrix.create(bank, { dtype: 'float32', cols: DIM, rows: dataset.train })[Symbol.dispose]();
  const trainer = (rate = 1e-2, rowsInMemory = 4) =>
    new TrainerThread<PairBatch, PairObjectiveOptions>({
      objective: new URL('../../src/train/objectives/pairs.js', import.meta.url),
      options: {
        model,
        maxLength: 16,
        auxiliary: { count: 7, rows: join(dir, 'auxiliary-rows.npy'), memory: rowsInMemory * 3 * DIM * 4 },
        loss: { kind: 'ohnm-triplet', negatives: 5, margin: 0.3, temperature: 0.1 },
        schedule: { kind: 'linear', rate, warmup: 0, steps: 40 },
        decay: 0.01,
        bank,
      },
      threads: 1,
      seed: 3,
    });
  const readers = new ReaderThreads<PairBatch, PairSources>({
    reader: new URL('../../src/sample/pairs.js', import.meta.url),
    sources: { ...store, auxiliary, seed: 3 },
  });
  return { dir, model, dataset, store, bank, trainer, mining: { readers, batch: BATCH, seed: 3 } };
}

const folder = mkdtempSync(join(tmpdir(), 'dexa-train-'));
const given = prepare(folder);
tap.teardown(async () => {
  await (await given).mining.readers[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const visited = join(folder, 'rows.npy');
const noRows = join(folder, 'no-rows.npy');
writeColumn(visited, [rows]);
writeColumn(noRows, [rows.map((row) => row + 1000)]);
const epoch = (number: number): Epoch => ({ epoch: number, rows: visited });

test('mine-negatives keeps the contract', async (t) => {
  const { mining } = await given;
  await contract(t, {
    make: () => mineNegatives({ ...mining, batch: 64, ahead: 0 }),
    input: epoch,
    ahead: 3,
    bad: {
      item: { epoch: 0, rows: noRows },
      message: /rows 10\d\d..10\d\d are not within/,
    },
  });
});

test('mini-batches cover an epoch, in the order of the clusters', async (t) => {
  const { mining } = await given;
  const batches = await collect(
    pipeline([{ epoch: 0, rows: visited, clusters: 4 }], mineNegatives(mining)).run(),
  );
  t.same(
    batches.flatMap((batch) => [...batch.rows]).sort((a, b) => a - b),
    [...rows],
  );
  for (const batch of batches)
    t.equal(new Set(batch.rows.map((row) => row >> 4)).size, 1, 'one cluster each');
});

test('train-step keeps the contract', async (t) => {
  const { mining, trainer } = await given;
  const batches = await collect(pipeline([epoch(0)], mineNegatives(mining)).run());
  await using thread = trainer();
  await contract(t, {
    make: () => trainStep(thread),
    input: (i) => structuredClone(batches[i % batches.length]!), // its arrays are transferred
    ahead: 1,
    bad: {
      item: { ...structuredClone(batches[0]!), rows: rows.slice(0, 3) },
      message: /train-step failed at item 1: /,
    },
  });
});

test('training lowers the loss, is reproducible, and fills the memory bank', async (t) => {
  const { dir, mining, trainer, bank } = await given;
  const run = async (rowsInMemory?: number): Promise<StepResult[]> => {
    await using thread = trainer(undefined, rowsInMemory);
    const epochs = [0, 1, 2, 3, 4, 5].map(epoch);
    const results = await collect(pipeline(epochs, mineNegatives(mining), trainStep(thread)).run());
    await thread.save(join(dir, 'trained'));
    return results;
  };
  const results = await run();
  t.same(await run(), results, 'the same losses');
  t.same(await run(100), results, 'whatever the number of auxiliary vectors in memory');
  const mean = (part: StepResult[]) => part.reduce((sum, { loss }) => sum + loss, 0) / part.length;
  t.ok(mean(results.slice(-4)) < 0.7 * mean(results.slice(0, 4)), 'the loss falls');
  using vectors = Matrix.open(auxiliaryFile(join(dir, 'trained')), 'float32');
  t.same([vectors.rows, vectors.cols], [7, DIM]);
  using store = Matrix.open(bank, 'float32');
  const length = Math.hypot(...store.read(5, 1));
  t.ok(Math.abs(length - 1) < 1e-4, 'the bank contains unit vectors');
  t.ok(
    store.read(100, 1).every((x) => x === 0),
    'of the texts that were trained on',
  );
});

test('a loss that is not finite stops training and says where', async (t) => {
  const { mining, trainer } = await given;
  await using thread = trainer(Infinity);
  await t.rejects(pipeline([epoch(0)], mineNegatives(mining), trainStep(thread)).drain(), {
    message: /train-step failed at item 2: loss is NaN at step 1 of epoch 0/,
  });
});

test('a slow trainer bounds the number of batches read ahead', async (t) => {
  const { mining } = await given;
  const ahead = 2;
  let read = 0;
  let trained = 0;
  let most = 0;
  const counted = operator<PairBatch, PairBatch>('counted', async function* (batches) {
    for await (const batch of batches) {
      read++;
      most = Math.max(most, read - trained);
      yield batch;
    }
  });
  const slow = operator<PairBatch, number>('slow', async function* (batches) {
    for await (const batch of batches) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      trained++;
      yield batch.step;
    }
  });
  const epochs = Array.from({ length: 10 }, (_x, i) => epoch(i));
  await pipeline(epochs, mineNegatives({ ...mining, ahead }), counted, slow).drain();
  t.equal(trained, 40);
  t.ok(most <= 1 + ahead, `${most} batches mined and not yet trained on`);
});

test('embed keeps the contract, and an empty text is a zero vector', async (t) => {
  const { model } = await given;
  await contract(t, {
    make: () => embed({ model, threads: 1, ahead: 0 }),
    input: () => ({ tokens: toLists([[5, 6]]) }),
    ahead: 1,
    bad: { item: { tokens: toLists([[9000]]) }, message: /embed failed at item 1: .*9000/ },
  });
  const { embeddings } = await pipeline(
    [{ tokens: toLists([[5, 6], []]) }],
    embed({ model, threads: 1 }),
  ).first();
  t.ok(Math.abs(Math.hypot(...embeddings.subarray(0, DIM)) - 1) < 1e-5);
  t.ok(embeddings.subarray(DIM).every((x) => x === 0));
});

test('retrieve finds the label that a text names', async (t) => {
  const { dir, model, store } = await given;
  const labels = join(dir, 'labels.npy');
  await embedStore({ tokens: store.labels, path: labels, model, threads: 1 }, {});
  t.ok(existsSync(labels));
  const files = { model: relative(dir, model), labels: 'labels.npy', index: 'none.usearch' };
  const sources = [sourceOf(dir, { ...ENCODER, files })];
  const make = () => retrieve({ run: { folder: dir, texts: '', sources }, k: 1, threads: 1, ahead: 0 });
  await contract(t, { make, input: () => ({ columns: { text: ['a'] } }), ahead: 10 });
});
