import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { plan } from '../../pipelines/plan.js';
import { train } from '../../pipelines/train.js';
import { pagesOfBatches, timeColdRead } from '../../src/plan/cold-reads.js';
import { bytesOf, checkSpace, diskOf, freeBytes } from '../../src/plan/disk.js';
import { memoryOf } from '../../src/plan/memory.js';
import { Rates } from '../../src/plan/rates.js';
import { levelsOf, timesOf } from '../../src/plan/time.js';
import { refusal } from '../refusal.js';
import { tinyDataset } from '../tiny.js';

const means = { tokensOfLabel: 6, bytesOfLabel: 22, tokensOfText: 12, labelsOfText: 2 };
const size = { labels: 1000, texts: 5000, dim: 64, auxiliary: 100, half: false, visited: 5000, ...means };

test('bytes on disk are those of the formats', (t) => {
  const bytes = Object.fromEntries(diskOf(size).map((use) => [use.what, use.bytes]));
  t.match(bytes, {
    'label embeddings': 1000 * 64 * 4,
    'text embeddings': 5000 * 64 * 4,
    'auxiliary vectors with moments': 100 * 64 * 12,
    'tokens of texts': 5000 * (8 + 12 * 4),
    'rows that are being clustered': 5000 * (64 * 4 + 9),
  });
  const half = bytesOf(diskOf({ ...size, half: true }));
  t.equal(bytesOf(diskOf(size)) - half, (1000 + 5000 + 5000) * 64 * 2, 'half precision');
  t.equal(
    bytesOf(diskOf({ ...size, auxiliary: 0 }).filter(({ what }) => what.includes('auxiliary'))),
    0,
    'nothing for vectors that there are not',
  );
  t.end();
});

test('a disk that is too small is told before anything is begun', async (t) => {
  const root = t.testdir();
  const dir = join(root, 'not', 'there');
  checkSpace(dir, 1);
  t.throws(
    () => {
      checkSpace(dir, 2 * freeBytes(dir));
    },
    {
      name: 'InputError',
      message: /there: about [\d.]+ [MG]B are needed while training lasts, [\d.]+ [MG]B are free/,
    },
  );
  const [data, run] = [join(root, 'data'), join(root, 'run')];
  const dataset = await tinyDataset(data);
  t.ok(dataset.sums.labelsOfTexts >= 240 && dataset.sums.labelsOfTexts <= 480, 'one or two a text');
  t.notOk(existsSync(run));
  t.match(await refusal(t, train({ data, run, dim: 4096, aux: 61 })), /aux/, 'options first');
});

test('the second half of a stage gives its pace, the rest is what beginning takes', (t) => {
  let now = 0;
  const rates = new Rates(() => now);
  const report = (stage: string, done: number, total: number, at: number) => {
    now = at;
    rates.report({ stage, done, total });
  };
  report('a', 100, 300, 5000); // of which it took 4.9 seconds to start
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
  t.throws(() => rates.paceOf('d'), /d: was not measured/);
  t.end();
});

test('time is that of the rows, and of the splits that each goes through', (t) => {
  const split = { apart: 4e-7, onDisk: 2e-7, inMemory: 1e-7, small: 1e-6, fit: 0.01, start: 0.5 };
  const costs = {
    secondsFor: (_stage: string, rows: number) => rows / 1e6,
    split,
    coldRead: 1e-4,
    labels: 2 ** 10,
  };
  const work = {
    labels: 2 ** 20,
    texts: 2 ** 20,
    auxiliary: 2 ** 15,
    epochs: 4,
    batch: 2 ** 10,
    steps: 4 * 2 ** 10,
    coldPages: 0,
    heldOut: 1000,
    rowsInMemory: 2 ** 19,
  };
  const seconds = (more: object = {}) =>
    Object.fromEntries(timesOf({ ...work, ...more }, costs).map((stage) => [stage.stage, stage.seconds]));
  const all = seconds();
  t.equal(all['train'], 2 ** 22 / 1e6);
  t.equal(
    seconds({ coldPages: 1000 })['train'],
    2 ** 22 / 1e6 + 0.1,
    'and of the pages that are not in memory',
  );
  t.equal(all['embed labels'], (2 * 2 ** 20) / 1e6);
  t.match(
    all['cluster labels']!.toFixed(6),
    ((2 ** 20 * (0.4 + 5 * 0.1 + 9)) / 1e6 + 63 * 0.01 + 0.5).toFixed(6),
    'of 15 splits one is on disk, 5 are of samples, 9 of few rows',
  );
  t.same(
    levelsOf({ rows: 2 ** 30, clusters: 2 ** 20, inMemory: 2 ** 20 - 1 }),
    { apart: 2, onDisk: 9, inMemory: 5, small: 4 },
    'of 11 splits on disk two are followed by writing rows apart',
  );
  t.equal(all['evaluate'], (2 ** 10 * 1000) / 1e6, 'by how many more labels there are');
  t.ok(all['cluster texts']! > all['cluster labels']!, 'smaller clusters');
  t.notOk('cluster texts' in seconds({ steps: 100 }), 'training ends before there are clusters of texts');
  t.notOk('cluster labels' in seconds({ auxiliary: 0 }));
  t.end();
});

test('batches read each page of the stores from disk once at most', (t) => {
  const large = { ...size, labels: 2 ** 20, texts: 2 ** 20 };
  const bytes = (4 + 8 + 12 * 4 + 8 + 2 * 4 + 8 + 6 * 4 + 4) * 2 ** 20;
  t.equal(pagesOfBatches(large, 1e9), bytes / 4096);
  const few = pagesOfBatches(large, 10);
  t.ok(few > 79 && few < 80, 'eight reads a text, hardly two of one page');
  t.equal(pagesOfBatches({ ...large, auxiliary: 0 }, 1e9), (bytes - 4 * 2 ** 20) / 4096);

  const path = join(t.testdir(), 'a');
  writeFileSync(path, Buffer.alloc(2 ** 20));
  const seconds = timeColdRead(path);
  t.ok(seconds >= 0 && seconds < 1, `${seconds} seconds a page`);
  t.equal(timeColdRead('/proc/self/status'), 0, 'of a file that can only be read through memory');
  t.end();
});

test('memory has bounds beside what grows', (t) => {
  const bounds = { measured: 1, clustering: 1 << 28, vectors: 1 << 26 };
  const bytes = (labels: number) =>
    memoryOf({ labels, texts: labels, dim: 64, auxiliary: labels / 40, ...bounds }).map((use) => use.bytes);
  t.same(bytes(40e6), [1, 165e6, 1 << 28, 1 << 26]);
  t.same(bytes(4000), [1, 16_500, 4000 * 256, 100 * 768]);
  t.end();
});

test('a plan of forty million labels is made by measuring on few', async (t) => {
  const { disk, memory, stages } = await plan({ labels: 40e6, texts: 200e6, dim: 64, aux: 1e6, batch: 512 });
  t.ok(bytesOf(disk) > 200e6 * 64 * 4);
  t.ok(memory.every(({ bytes }) => bytes > 0 && bytes < 4e9));
  t.same(
    stages.map(({ stage }) => stage),
    [
      'count labels',
      'tokenize labels',
      'tokenize texts',
      'embed labels',
      'cluster labels',
      'train',
      'cluster texts',
      'copy label texts',
      'evaluate',
    ],
  );
  t.ok(stages.every(({ seconds }) => seconds > 0));
});
