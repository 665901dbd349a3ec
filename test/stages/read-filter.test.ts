import { join } from 'node:path';
import { test } from 'tap';
import { readFilter } from '../../src/stages/read-filter.js';
import { toLists } from '../../src/formats/lists.js';
import { refusal } from '../refusal.js';
import { tinyDataset } from '../pipelines/tiny-dataset.js';

const filterOf = async (dir: string, filter: [number, number][]) => {
  const dataset = await tinyDataset(join(dir, 'tiny'), {
    labels: ['a', 'b'],
    train: [
      ['x', [0]],
      ['y', []],
      ['z', [1]],
    ],
    filter,
  });
  return dataset.paths.filterTrain;
};

test('pairs are grouped by text, whatever their order and row group', async (t) => {
  const path = await filterOf(t.testdir(), [
    [2, 1],
    [0, 0],
    [2, 0],
  ]);
  t.same(await readFilter(path, { rows: 3, labels: 2 }), toLists([[0], [], [1, 0]]));
  const only = Int32Array.of(1, 2);
  t.same(await readFilter(path, { rows: 3, labels: 2, only }), toLists([[], [1, 0]]), 'of some texts');
});

test('without a file there is no filter, and a file without pairs filters nothing', async (t) => {
  t.equal(await readFilter(undefined, { rows: 3, labels: 2 }), undefined);
  const path = await filterOf(t.testdir(), []);
  t.same(await readFilter(path, { rows: 3, labels: 2 }), toLists([[], [], []]));
});

test('a pair of a text or label that does not exist is refused', async (t) => {
  const path = await filterOf(t.testdir(), [
    [0, 0],
    [2, 1],
  ]);
  const read = (rows: number, labels: number) => refusal(t, readFilter(path, { rows, labels }));
  t.match(await read(2, 2), /filter-train.parquet, row 1: row: expected 0..1, got 2/);
  t.match(await read(3, 1), /filter-train.parquet, row 1: label: expected 0..0, got 1/);
});
