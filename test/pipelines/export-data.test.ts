import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { exportData } from '../../pipelines/export-data.js';
import { importDataset } from '../../pipelines/import.js';
import { ID_COLUMN, LABEL_COLUMNS, TEXT_COLUMNS } from '../../src/store/dataset.js';
import { refusal } from '../refusal.js';
import { readTable, writeTable } from '../table.js';

const KEYED = { ...TEXT_COLUMNS, id: 'string' } as const;

test('a data set is exported as tables of every kind, which are imported as the same data set', async (t) => {
  const root = t.testdir();
  for (const own of [false, true]) {
    const from = join(root, `from-${own}`);
    mkdirSync(from);
    const ids = own ? { id: ['c7', 'c3', 'c5'] } : {};
    const labels = { text: ['Bank', 'River, deep', 'Bank'], ...ids };
    const columns = { ...LABEL_COLUMNS, ...(own && ID_COLUMN) };
    await writeTable({ path: join(from, 'labels.parquet'), columns }, labels);
    const train = { text: ['a "b"', '', 'c'], labels: [[2, 0], [], [1]], id: ['x', 'y', 'z'] };
    await writeTable({ path: join(from, 'train.parquet'), columns: KEYED }, train);
    await writeTable(
      { path: join(from, 'test.parquet'), columns: TEXT_COLUMNS },
      { text: ['d'], labels: [[1]] },
    );
    const data = join(root, `data-${own}`);
    await importDataset({ from, out: data });
    for (const to of ['csv', 'jsonl', 'parquet'] as const) {
      const out = join(root, `${to}-${own}`);
      t.same(await exportData({ data, out, to }), { labels: 3, train: 3, test: 1 });
      t.same(
        readdirSync(out),
        ['labels', 'test', 'train'].map((part) => `${part}.${to}`),
      );
      const { paths } = (await importDataset({ from: out, out: `${out}-again` })).dataset;
      t.same(await readTable(paths.labels[0]!, LABEL_COLUMNS), { text: labels.text }, to);
      t.same(await readTable(paths.train[0]!, KEYED), train, to);
      t.same(await readTable(paths.test[0]!, TEXT_COLUMNS), { text: ['d'], labels: [[1]] }, to);
      t.match(await refusal(t, exportData({ data, out, to })), /already contains labels/);
    }
  }
});
