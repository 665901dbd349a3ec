import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { dexa } from '../../pipelines/dexa.js';
import { plan } from '../../pipelines/plan.js';
import { train, TrainOptions } from '../../pipelines/train.js';
import { grouped } from '../../src/command/groups.js';
import { checkSpace, freeBytes } from '../../src/files/free-space.js';
import { pagesRead, timeColdRead } from '../../src/plan/cold-reads.js';
import { Rates } from '../../src/plan/rates.js';
import { levelsOf, timesOf } from '../../src/plan/time.js';
import { bytesOf, type Size } from '../../src/stages/cost.js';
import { planData } from '../../src/stages/data-files.js';
import { placesOf } from '../../src/stages/places.js';
import { planSystem, type SystemCost } from '../../src/stages/plan-steps.js';
import { refusal } from '../refusal.js';
import { tinyDataset } from '../tiny.js';

const means = { tokensOfLabel: 6, bytesOfLabel: 22, tokensOfText: 12, labelsOfText: 2 };
const SIZE: Size = { name: 'a set', labels: 1000, texts: 5000, labelled: 5000, tail: () => 1000, means };

/** What training would cost, without measuring. */
function costOf(options: Partial<TrainOptions>, size: Size = SIZE): Promise<SystemCost> {
  const values = grouped(
    dexa.options,
    TrainOptions.parse({ sources: ['encoder'], data: '', run: '', dim: 64, aux: 100, ...options }),
  );
  return planSystem(dexa, { data: planData(size, placesOf('')), values, size, places: placesOf('') });
}

test('bytes on disk match the file formats', async (t) => {
  const { disk, peak } = await costOf({});
  const bytes = Object.fromEntries(disk.map((use) => [use.what, use.bytes]));
  t.match(bytes, {
    'label embeddings by the trained model': 1000 * 64 * 4,
    'text embeddings': 5000 * 64 * 4,
    'auxiliary vectors with moments': 100 * 64 * 12,
    'tokens of texts': 5000 * (8 + 12 * 4),
    'rows being clustered': 5000 * (64 * 4 + 9),
  });
  t.ok(peak < bytesOf(disk), 'not all exist at the same time');
  const half = await costOf({ embeddings: 'f16' });
  t.equal(bytesOf(disk) - bytesOf(half.disk), (2 * 1000 + 5000 + 1000 + 5000) * 64 * 2, 'half precision');
  const plain = await costOf({ aux: 0 });
  t.equal(
    bytesOf(plain.disk.filter(({ what }) => what.includes('auxiliary'))),
    0,
    'nothing without auxiliary vectors',
  );
});

test('both modules need as much disk as the larger of them, not their sum', async (t) => {
  const peaks = await Promise.all([
    costOf({}),
    costOf({ sources: ['encoder', 'classifier'], fuse: 'published' }),
  ]);
  const [one, both] = peaks.map(({ peak }) => peak);
  const second = peaks[1].disk.filter(({ stage }) => !peaks[0].disk.some((use) => use.stage === stage));
  t.ok(both! >= one! && both! < one! + bytesOf(second));
});

test('options that do not fit the data are refused by name', async (t) => {
  t.match(
    await refusal(t, costOf({ aux: 1001 })),
    /^aux: expected at most 1000 \(the labels of a set with fewer than 8 texts\), got 1001/,
  );
});

test('a mini-batch has all texts at most: those that are not held back', async (t) => {
  const { stages } = await costOf({
    ...{ sources: ['encoder', 'classifier'], fuse: 'published' },
    ...{ batch: 4751, classifierBatch: 16_000 },
  });
  t.match(stages['train encoder']!.options, { batch: 4750 });
  t.match(stages['train classifiers']!.options, { classifierBatch: 4750 });
});

test('a disk that is too small is reported before anything is started', async (t) => {
  const root = t.testdir();
  const dir = join(root, 'not', 'there');
  checkSpace(dir, 1);
  t.throws(
    () => {
      checkSpace(dir, 2 * freeBytes(dir));
    },
    {
      name: 'InputError',
      message: /there: training needs about [\d.]+ [MG]B on disk, [\d.]+ [MG]B are free/,
    },
  );
  const [data, run] = [join(root, 'data'), join(root, 'run')];
  const dataset = await tinyDataset(data);
  t.ok(dataset.sums.labelsOfTexts >= 240 && dataset.sums.labelsOfTexts <= 480, 'one or two per text');
  t.notOk(existsSync(run));
  t.match(await refusal(t, train({ data, run, dim: 4096, aux: 61 })), /aux/, 'options first');
});

test('the second half of a stage gives its pace, the rest is start-up', (t) => {
  let now = 0;
  const rates = new Rates(() => now);
  const report = (stage: string, done: number, total: number, at: number) => {
    now = at;
    rates.report({ stage, done, total });
  };
  report('a', 100, 300, 5000); // including 4.9 seconds to start
  report('a', 200, 300, 5100);
  report('a', 300, 300, 5200);
  report('b', 50, 50, 6200);
  report('c', 100, 100, 7200); // twice
  report('c', 100, 200, 8200);
  report('c', 200, 200, 8300);
  const near = (found: number, wanted: number) => t.equal(found.toFixed(9), wanted.toFixed(9));
  near(rates.paceOf('a'), 0.001);
  near(rates.beginningOf('a'), 4.9);
  near(rates.beginningOf('a', 0.01), 2.2);
  near(rates.paceOf('b'), 0.02); // it reports once
  near(rates.beginningOf('b'), 0);
  near(rates.paceOf('c'), 0.001);
  near(rates.beginningOf('c'), 1.8);
  now = 9000;
  rates.start();
  report('d', 10, 40, 9100);
  report('d', 20, 40, 9200);
  report('d', 30, 40, 9300);
  report('d', 40, 40, 9400);
  now = 9800;
  rates.end();
  near(rates.paceOf('d'), 0.02); // 0.2 s for 20 rows, and half of the 0.4 s afterwards
  near(rates.beginningOf('d'), 0); // what was before the start does not count
  report('e', 10, 10, 9900);
  near(rates.paceOf('e'), 0.01);
  t.throws(() => rates.paceOf('f'), /f: was not measured/);
  t.end();
});

test('time is the sum over rows and over the splits that they pass through', async (t) => {
  const split = { apart: 4e-7, onDisk: 2e-7, inMemory: 1e-7, small: 1e-6, fit: 0.01, start: 0.5 };
  const costs = {
    secondsFor: (_part: string, rows: number) => rows / 1e6,
    split,
    rowsInMemory: () => 2 ** 19,
  };
  const size = { ...SIZE, labels: 2 ** 20, texts: 2 ** 20, labelled: 2 ** 20, tail: () => 2 ** 20 };
  const options = { dim: 64, aux: 2 ** 15, epochs: 4, batch: 2 ** 10 };
  const seconds = async (more: Partial<TrainOptions> = {}, coldRead = 0) => {
    const { work } = await costOf({ ...options, ...more }, size);
    const times = timesOf(work, { ...costs, coldRead });
    return Object.fromEntries(times.map((time) => [time.part, time.seconds]));
  };
  const all = await seconds();
  t.equal(all['train'], 2 ** 22 / 1e6);
  t.ok((await seconds({}, 1e-4))['train']! > 2 ** 22 / 1e6 + 1, 'and the pages that are not in memory');
  t.equal(all['embed labels'], (2 * 2 ** 20) / 1e6);
  t.match(
    all['cluster labels']!.toFixed(6),
    ((2 ** 20 * (0.4 + 5 * 0.1 + 9)) / 1e6 + 63 * 0.01 + 0.5).toFixed(6),
    'of 15 splits one is on disk, 5 are fitted to samples, 9 to few rows',
  );
  t.same(
    levelsOf({ rows: 2 ** 30, clusters: 2 ** 20, inMemory: 2 ** 20 - 1 }),
    { apart: 2, onDisk: 9, inMemory: 5, small: 4 },
    'after two of 11 splits on disk, rows are rewritten',
  );
  t.ok(all['cluster texts']! > all['cluster labels']!, 'smaller clusters');
  t.notOk('cluster texts' in (await seconds({ steps: 100 })), 'training ends before texts are clustered');
  t.notOk('cluster labels' in (await seconds({ aux: 0 })));
});

test('batches read each page of the stores from disk at most once', async (t) => {
  const { work } = await costOf(
    {},
    { ...SIZE, labels: 2 ** 20, texts: 2 ** 20, labelled: 2 ** 20, tail: () => 2 ** 20 },
  );
  const stores = work.get('train')!.stores!;
  const bytes = (4 + 8 + 12 * 4 + 8 + 2 * 4 + 8 + 6 * 4 + 4) * 2 ** 20;
  t.equal(pagesRead(stores, 1e9), bytes / 4096);
  const few = pagesRead(stores, 10);
  t.ok(few > 79 && few < 80, 'eight reads per text, almost never two of the same page');

  const path = join(t.testdir(), 'a');
  writeFileSync(path, Buffer.alloc(2 ** 20));
  const seconds = timeColdRead(path);
  t.ok(seconds >= 0 && seconds < 1, `${seconds} seconds per page`);
  t.equal(timeColdRead('/proc/self/status'), 0, 'for a file that cannot be read past the cache');
});

test('memory that grows with the size is bounded', async (t) => {
  const bytes = async (labels: number) => {
    const size = { ...SIZE, labels, texts: labels, labelled: labels, tail: () => labels };
    const { memory } = await costOf({ aux: labels / 40, batch: 100 }, size);
    return memory.map((use) => use.bytes);
  };
  t.same(await bytes(40e6), [165e6, 1 << 28, 1 << 28, 1 << 26]);
  t.same(await bytes(4000), [16_500, 4000 * 256, 4000 * 256, 100 * 768]);
});

test('forty million labels are planned by measuring on few', async (t) => {
  const { disk, memory, parts } = await plan({
    ...{ labels: 40e6, texts: 200e6, dim: 16, words: 64, aux: 1e6, batch: 512 },
    sources: ['encoder'],
  });
  t.ok(bytesOf(disk) > 200e6 * 16 * 4);
  t.ok(memory.every(({ bytes }) => bytes > 0 && bytes < 4e9));
  t.same(
    parts.map(({ part }) => part),
    [
      'count labels',
      'copy label texts',
      'tokenize labels',
      'tokenize texts',
      'embed labels',
      'cluster labels',
      'train',
      'cluster texts',
      'evaluate',
    ],
  );
  t.ok(parts.every(({ seconds }) => seconds > 0));
});
