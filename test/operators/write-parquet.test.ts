import fc from 'fast-check';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { writeParquet } from '../../operators/write-parquet.js';
import { pipeline } from '../../src/index.js';
import type { ColumnBatch } from '../../src/formats/columns.js';
import { ParquetFile } from '../../src/formats/parquet-file.js';
import { contract } from '../contract.js';
import { refusal } from '../refusal.js';
import { readTable, toBatch, writeTable } from '../table.js';

const COLUMNS = { text: 'string', labels: 'int32[]', row: 'int32' } as const;
type Batch = ColumnBatch<typeof COLUMNS>;
const batch = (i: number): Batch => toBatch(COLUMNS, { text: [`text ${i}`], labels: [[i]], row: [i] });
const broken = { ...batch(0), rows: 2 };

test('write-parquet keeps the contract', async (t) => {
  const path = join(t.testdir(), 'x.parquet');
  await contract(t, {
    make: () => writeParquet({ path, columns: COLUMNS }),
    input: batch,
    count: () => 1,
    ahead: 999, // it yields once, after all thousand rows are written
    bad: { item: broken, message: /write-parquet failed at item 1: text: expected 2 values, got 1/ },
  });
});

test('what is written is read back', async (t) => {
  const path = join(t.testdir(), 'x.parquet');
  const row = fc.record({
    text: fc.string({ unit: 'grapheme' }),
    labels: fc.array(fc.nat(2 ** 31 - 1), { maxLength: 5 }),
    row: fc.nat(2 ** 31 - 1),
  });
  const column = (rows: { text: string; labels: number[]; row: number }[]) => ({
    text: rows.map(({ text }) => text),
    labels: rows.map(({ labels }) => labels),
    row: rows.map(({ row }) => row),
  });
  const roundTrip = fc.asyncProperty(
    fc.array(fc.array(row, { maxLength: 6 }), { maxLength: 6 }),
    fc.integer({ min: 1, max: 9 }),
    fc.constantFrom('snappy' as const, 'gzip' as const),
    async (batches, rowGroup, compression) => {
      const input = batches.map((rows) => toBatch(COLUMNS, column(rows)));
      const write = writeParquet({ path, columns: COLUMNS, rowGroup, compression });
      const rows = batches.flat();
      t.same(await pipeline(input, write).first(), { path, rows: rows.length });
      t.same(await readTable(path, COLUMNS), column(rows));
    },
  );
  await fc.assert(roundTrip, { seed: 3, numRuns: 60 });
});

test('row groups have the requested length, even if longer than a page', async (t) => {
  const path = join(t.testdir(), 'x.parquet');
  const text = Array.from({ length: 20_000 }, (_x, i) => `${i}`);
  const labels = text.map((_text, i) => Array.from({ length: i % 4 }, (_x, j) => i + j));
  const columns = { text: 'string', labels: 'int32[]' } as const;
  await writeTable({ path, columns, rowGroup: 16_000 }, { text, labels });
  await using file = await ParquetFile.open(path, columns);
  t.same(
    file.groups.map(({ rows }) => rows),
    [16_000, 4_000],
  );
  t.same(await readTable(path, columns), { text, labels });
});

test('columns that are not requested are left out, and a file without rows is valid', async (t) => {
  const path = join(t.testdir(), 'x.parquet');
  await pipeline([batch(1)], writeParquet({ path, columns: { row: 'int32' } })).drain();
  t.same(await readTable(path, { row: 'int32' }), { row: [1] });
  t.match(await refusal(t, readTable(path, { text: 'string' })), /no column text, only row/);
  await pipeline([], writeParquet({ path, columns: COLUMNS })).drain();
  t.same(await readTable(path, COLUMNS), { text: [], labels: [], row: [] });
});

test('a file is replaced when the new one is complete, and not before', async (t) => {
  const dir = t.testdir({ 'x.parquet': 'old' });
  const path = join(dir, 'x.parquet');
  const before: string[] = [];
  function* batches(): Generator<Batch> {
    for (let i = 0; i < 5; i++) {
      before.push(readFileSync(path, 'utf8'));
      yield batch(i);
    }
  }
  await pipeline(batches(), writeParquet({ path, columns: COLUMNS, rowGroup: 1 })).drain();
  t.same(before, Array<string>(5).fill('old'));
  t.same((await readTable(path, COLUMNS)).row, [0, 1, 2, 3, 4]);
  t.same(readdirSync(dir), ['x.parquet']);
});

test('a failure or an early stop leaves the folder unchanged', async (t) => {
  const dir = t.testdir({ 'x.parquet': 'old' });
  const path = join(dir, 'x.parquet');
  const write = () => writeParquet({ path, columns: COLUMNS, rowGroup: 1 });
  await t.rejects(pipeline([batch(0), batch(1), broken], write()).drain(), /expected 2 values/);

  const controller = new AbortController();
  function* cancelled(): Generator<Batch> {
    yield batch(0);
    yield batch(1);
    t.same(readdirSync(dir), ['x.parquet', 'x.parquet.tmp']);
    controller.abort(new Error('cancelled'));
    yield batch(2);
  }
  await t.rejects(pipeline(cancelled(), write()).drain({ signal: controller.signal }), /cancelled/);
  t.same(readdirSync(dir), ['x.parquet']);
  t.equal(readFileSync(path, 'utf8'), 'old');
});

test('a path that cannot be written is refused, and nothing is left there', async (t) => {
  const dir = t.testdir({ folder: { file: '' }, full: '' });
  const write = (name: string) =>
    pipeline([batch(0)], writeParquet({ path: join(dir, name), columns: COLUMNS })).drain();
  t.match(await refusal(t, write('missing/x.parquet')), /missing\/x.parquet: cannot be written: ENOENT/);
  t.match(await refusal(t, write('folder')), /folder: cannot be written: (EISDIR|ENOTEMPTY|EEXIST)/);
  symlinkSync('/dev/full', join(dir, 'full.tmp'));
  writeFileSync(join(dir, 'full'), 'old');
  t.match(await refusal(t, write('full')), /full: cannot be written: ENOSPC/);
  t.same(readdirSync(dir), ['folder', 'full']);
  t.equal(readFileSync(join(dir, 'full'), 'utf8'), 'old');
});

test('options are checked before the first batch', async (t) => {
  t.throws(
    () => writeParquet({ path: 'x', columns: COLUMNS, rowGroup: 0 }),
    /rowGroup: expected at least 1, got 0/,
  );
  t.throws(() => writeParquet({ path: 'x', columns: {} }), /columns: expected at least 1, got none/);
});

test('long texts make small row groups, which can be read', async (t) => {
  const path = join(t.testdir(), 'long.parquet');
  const text = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(25 * 2 ** 20));
  await pipeline(
    [{ rows: 5, columns: { text } }],
    writeParquet({ path, columns: { text: 'string' } }),
  ).drain();
  await using file = await ParquetFile.open(path, { text: 'string' });
  t.same(
    file.groups.map(({ rows }) => rows),
    [4, 1],
  );
  const { columns } = await file.read(file.groups[1]!);
  t.ok(columns.text[0] === text[4]);
});
