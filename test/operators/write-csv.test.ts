import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { readCsv } from '../../operators/read-csv.js';
import { writeCsv } from '../../operators/write-csv.js';
import { pipeline } from '../../src/index.js';
import { collect } from '../collect.js';
import { contract } from '../contract.js';
import { refusal } from '../refusal.js';
import { toBatch } from '../table.js';

const COLUMNS = { text: 'string', labels: 'string[]' } as const;
const batch = toBatch(COLUMNS, { text: ['a, "b"\nc', '日本', ''], labels: [['x', 'y'], [], ['z']] });

test('write-csv keeps the contract', async (t) => {
  const path = join(t.testdir(), 'x.csv');
  await contract(t, {
    make: () => writeCsv({ path, columns: COLUMNS }),
    input: () => batch,
    count: () => 1,
    ahead: 1000,
    bad: { item: { ...batch, rows: 4 }, message: /text: expected 4 values, got 3/ },
  });
  t.same(readdirSync(join(path, '..')), ['x.csv'], 'nothing is left under a temporary name');
});

test('cells are quoted where they have to be, and read back', async (t) => {
  const path = join(t.testdir(), 'x.csv');
  const written = await pipeline([batch, batch], writeCsv({ path, columns: COLUMNS })).first();
  t.same(written, { path, rows: 6 });
  const rows = '"a, ""b""\nc",x;y\n日本,\n,z\n';
  t.equal(readFileSync(path, 'utf8'), `text,labels\n${rows}${rows}`);
  const [read] = await collect(pipeline([path], readCsv({ columns: { text: 'string' } })).run());
  t.same(read!.columns.text, [...batch.columns.text, ...batch.columns.text]);
});

test('a lone empty cell is a row; a value with the separator is refused', async (t) => {
  const path = join(t.testdir(), 'x.csv');
  await pipeline([batch], writeCsv({ path, columns: { text: 'string' } })).drain();
  const [read] = await collect(pipeline([path], readCsv({ columns: { text: 'string' } })).run());
  t.same(read!.columns.text, batch.columns.text);
  const list = toBatch({ labels: 'string[]' }, { labels: [['a;b']] });
  t.match(
    await refusal(t, pipeline([list], writeCsv({ path, columns: { labels: 'string[]' } })).drain()),
    /x.csv: labels: "a;b" has ";", which separates values/,
  );
});
