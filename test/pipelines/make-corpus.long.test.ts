import { join } from 'node:path';
import { test } from 'tap';
import { synthesise, type Rows } from '../../operators/synthesise.js';
import { makeCorpus } from '../../pipelines/make-corpus.js';
import { wordnetDict } from '../../src/corpus/wordnet.js';
import { LABEL_COLUMNS, TEXT_COLUMNS } from '../../src/store/dataset.js';
import { contract } from '../contract.js';
import { readTable } from '../table.js';

test('synthesise keeps the contract', async (t) => {
  await contract(t, {
    make: () =>
      synthesise({
        columns: TEXT_COLUMNS,
        part: 'train',
        dict: wordnetDict(),
        labels: 100,
        seed: 1,
        threads: 1,
        ahead: 0,
      }),
    input: (i): Rows => ({ start: 3 * i, rows: 3 }),
    ahead: 2,
  });
});

test('a corpus is a data set in shards, independent of shard size and threads', async (t) => {
  const dir = t.testdir();
  const make = (out: string, given: { shard?: number; threads: number }) =>
    makeCorpus({ out: join(dir, out), labels: 50, train: 70, test: 5, ...given });
  const whole = await make('whole', { threads: 1 });
  const parts = await make('parts', { shard: 20, threads: 2 });
  t.match(parts, { labels: 50, train: 70, test: 5 });
  t.same([whole.paths.train.length, parts.paths.labels.length, parts.paths.train.length, parts.paths.test.length], [1, 3, 4, 1]); // prettier-ignore
  const text = async (paths: readonly string[], columns: typeof LABEL_COLUMNS | typeof TEXT_COLUMNS) => {
    const tables = [];
    for (const path of paths) tables.push(...(await readTable(path, columns)).text);
    return tables;
  };
  t.same(await text(parts.paths.labels, LABEL_COLUMNS), await text(whole.paths.labels, LABEL_COLUMNS));
  t.same(await text(parts.paths.train, TEXT_COLUMNS), await text(whole.paths.train, TEXT_COLUMNS));
});
