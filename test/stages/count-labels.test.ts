import { join } from 'node:path';
import { test } from 'tap';
import { countLabels } from '../../src/stages/count-labels.js';
import type { Progress } from '../../src/stream/progress.js';
import { refusal } from '../refusal.js';
import { tinyDataset, type Tiny } from '../pipelines/tiny-dataset.js';

const TINY: Tiny = {
  labels: ['a', 'b', 'c'],
  train: [
    ['x', []],
    ['y', [0, 2]],
    ['z', [2]],
    ['u', []],
    ['v', [2]],
  ],
};

test('labels are counted and labelled texts are listed, over all row groups', async (t) => {
  const dataset = await tinyDataset(join(t.testdir(), 'tiny'), TINY);
  const reports: Progress[] = [];
  const { frequency, labelled } = await countLabels(dataset, {
    report: (progress) => reports.push(progress),
  });
  t.same(frequency, Int32Array.of(1, 0, 3));
  t.same([...labelled.blocks()], [Int32Array.of(1, 2, 4)]);
  t.same(
    reports.map(({ done, total }) => [done, total]),
    [
      [2, 5],
      [4, 5],
      [5, 5],
    ],
  );
});

test('a label that a text names again counts once, and it is said', async (t) => {
  const dataset = await tinyDataset(join(t.testdir(), 'tiny'), {
    labels: ['a', 'b'],
    train: [['x', [1, 1, 0, 1]]],
  });
  const notes: string[] = [];
  const { frequency } = await countLabels(dataset, { note: (message) => notes.push(message) });
  t.same([...frequency], [1, 1]);
  t.match(notes, [/train.parquet: 2 labels named again by the same text count once/]);
});

test('it is known whether any label has a text', async (t) => {
  const named = async (name: string, labels: string[]) =>
    (await countLabels(await tinyDataset(join(t.testdirName, name), { labels, train: [['x', [0]]] }))).named;
  t.testdir();
  t.equal(await named('none', ['', ' ', '']), false);
  t.equal(await named('one', ['', 'a']), true);
});

test('texts without labels add no counts', async (t) => {
  const dataset = await tinyDataset(join(t.testdir(), 'tiny'), { labels: ['a'], train: [] });
  const { frequency, labelled } = await countLabels(dataset);
  t.same([...frequency], [0]);
  t.equal(labelled.count, 0);
});

test('a label that is not one of the data set is refused', async (t) => {
  const dataset = await tinyDataset(join(t.testdir(), 'tiny'), TINY);
  const message = await refusal(t, countLabels({ ...dataset, labels: 2 }));
  t.match(message, /train.parquet, row 1: labels: expected 0..1, got 2/);
});

test('counting can be cancelled', async (t) => {
  const dataset = await tinyDataset(join(t.testdir(), 'tiny'), TINY);
  const signal = AbortSignal.abort(new Error('cancelled'));
  await t.rejects(countLabels(dataset, { signal }), /cancelled/);
});
