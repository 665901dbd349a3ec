import fc from 'fast-check';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { readParquet } from '../../operators/read-parquet.js';
import { pipeline } from '../../src/index.js';
import { columnLength, type ColumnType } from '../../src/formats/columns.js';
import { listAt } from '../../src/formats/lists.js';
import { BadRows } from '../../src/formats/bad-rows.js';
import { collect } from '../collect.js';
import { damageOf, flip, survives, type Damage } from '../fuzz/damage.js';
import type { ColumnPlan } from '../fuzz/parquet/layout.js';
import { parquetBytes } from '../fuzz/parquet/writer.js';
import { refusal } from '../refusal.js';
import { readTable, writeTable } from '../table.js';

const FIXTURES = 'test/fixtures/parquet';
const COLUMNS = { text: 'string', labels: 'int32[]' } as const;
const fixture = (name: string): string => join(FIXTURES, `${name}.parquet`);
const files = readdirSync(FIXTURES).filter((name) => name.endsWith('.parquet') && name !== 'others.parquet');

const read = (path: string, below?: { labels: number }) =>
  collect(pipeline([path], readParquet({ columns: COLUMNS, ...(below && { below }) })).run());

test('a value that is not a text, list or label is reported with its row', async (t) => {
  const refused: Record<string, string> = {
    'null-text': 'row 2: text: expected a text, got null',
    'null-list': 'row 1: labels: expected a list, got null',
    'null-label': 'row 2: labels: expected 0..2147483647, got null',
    'negative-label': 'row 2: labels: expected 0..2147483647, got -3',
    'huge-label': 'row 1: labels: expected 0..2147483647, got 9007199254740993',
  };
  for (const [name, message] of Object.entries(refused))
    t.equal(await refusal(t, read(fixture(name))), `${fixture(name)}, ${message}`);
});

test('bytes that are not UTF-8 and NULs are bad values: nothing is replaced', async (t) => {
  const path = join(t.testdir(), 'x.parquet');
  const write = async (text: string[], byte: number) => {
    await writeTable({ path, columns: COLUMNS }, { text, labels: text.map(() => [1]) });
    const bytes = readFileSync(path);
    for (let at = bytes.indexOf('#'); at >= 0; at = bytes.indexOf('#')) bytes[at] = byte;
    writeFileSync(path, bytes);
  };
  await write(['a river', 'caf#'], 0xe9);
  t.equal(await refusal(t, read(path)), `${path}, row 1: text: expected a text, got "not UTF-8: 636166e9"`);
  const bad = new BadRows('skip');
  const [batch] = await collect(pipeline([path], readParquet({ columns: COLUMNS, bad })).run());
  t.same([batch!.columns.text, [...batch!.columns.labels.values], bad.count], [['a river', ''], [1], 1]);
  await write(['a#'], 0);
  t.equal(await refusal(t, read(path)), `${path}, row 0: text: expected a text, got "a\\u0000"`);
  await write(['\ufeffa', '日本'], 0);
  t.same((await readTable(path, COLUMNS)).text, ['\ufeffa', '日本'], 'a mark is kept');
});

test('a skipped bad row is empty in every column', async (t) => {
  const rowsOf = async (name: string, bad?: BadRows) =>
    (await collect(pipeline([fixture(name)], readParquet({ columns: COLUMNS, bad })).run())).flatMap(
      ({ rows, columns: { text, labels } }) =>
        Array.from({ length: rows }, (_x, row) => [text[row], [...listAt(labels, row)]]),
    );
  for (const [name, row] of [
    ['null-text', 2],
    ['null-list', 1],
    ['null-label', 2],
    ['huge-label', 1],
  ] as const) {
    const bad = new BadRows('skip');
    const rows = await rowsOf(name, bad);
    t.same(rows[row], ['', []], name);
    t.match(bad, { count: 1, reasons: [new RegExp(`${name}.parquet, row ${row}: `)] });
  }
  const none = new BadRows('skip');
  t.same(await rowsOf('arrow-int64', none), await rowsOf('arrow-int64'));
  t.equal(none.count, 0);
});

test('a bad row of a single id is never skipped', async (t) => {
  const read = readParquet({ columns: { pair: 'int32' }, below: { pair: 5 }, bad: new BadRows('skip') });
  const path = fixture('others');
  const message = `${path}, row 1: pair: expected 0..4, got 2147483647`;
  t.equal(await refusal(t, pipeline([path], read).drain()), message);
});

test('a label is below the number of labels, in every row group', async (t) => {
  const path = fixture('arrow-int64');
  t.equal((await read(path, { labels: 8 })).length, 2);
  t.equal(await refusal(t, read(path, { labels: 7 })), `${path}, row 2: labels: expected 0..6, got 7`);
  t.equal(await refusal(t, read(path, { labels: 3 })), `${path}, row 2: labels: expected 0..2, got 7`);
});

test('a column must exist and have the right type', async (t) => {
  const path = fixture('others');
  const refused: [string, ColumnType, string][] = [
    ['labels', 'int32[]', 'no column labels, only pair, float, structure, structures, map, nested, texts'],
    ['float', 'int32', 'column float: expected int32, got DOUBLE'],
    ['pair', 'string', 'column pair: expected string, got INT64'],
    ['pair', 'int32[]', 'column pair: expected int32[], got INT64'],
    ['structure', 'string', 'column structure: expected string, got a structure'],
    ['structures', 'int32[]', 'column structures: expected int32[], got a structure'],
    ['map', 'int32[]', 'column map: expected int32[], got a structure'],
    ['nested', 'int32[]', 'column nested: expected int32[], got a structure'],
    ['texts', 'int32[]', 'column texts: expected int32[], got list of BYTE_ARRAY'],
    ['texts', 'string', 'column texts: expected string, got list of BYTE_ARRAY'],
  ];
  for (const [name, type, message] of refused)
    t.equal(await refusal(t, readTable(path, { [name]: type })), `${path}: ${message}`);
  t.same(await readTable(path, { pair: 'int32' }), { pair: [3, 2 ** 31 - 1] });
});

test('of many columns, some are named where one is missing', async (t) => {
  const path = join(t.testdir(), 'x.parquet');
  const columns = Object.fromEntries(Array.from({ length: 1000 }, (_x, i) => [`c${i}`, 'int32' as const]));
  await writeTable({ path, columns }, Object.fromEntries(Object.keys(columns).map((name) => [name, [1]])));
  const message = await refusal(t, readTable(path, { text: 'string' }));
  t.match(message, /x.parquet: no column text, only c0, c1, .*…$/);
  t.ok(message.length < path.length + 600, message);
});

test('a missing or truncated file is refused', async (t) => {
  const dir = t.testdir({ empty: '', garbage: Buffer.alloc(3000, 7), cut: '' });
  writeFileSync(join(dir, 'cut'), readFileSync(fixture('arrow-zstd')).subarray(0, 900));
  t.match(await refusal(t, read(join(dir, 'missing'))), /missing: cannot be read: ENOENT/);
  for (const name of ['empty', 'garbage', 'cut', '.'])
    t.match(await refusal(t, read(join(dir, name))), /: not a Parquet file, or a damaged one: /, name);
});

test('the length of a text beyond its page is refused, whatever the kind of page', async (t) => {
  const path = join(t.testdir(), 'x.parquet');
  const texts = ['a river', 'a lake', 'a hill', 'a wood'];
  const text: ColumnPlan = {
    name: 'string',
    type: 'BYTE_ARRAY',
    meaning: { name: 'UTF8', converted: 0 },
    nesting: 'optional',
    nullable: false,
    rows: texts.map((one) => Buffer.from(one)),
  };
  for (const version of [1, 2] as const)
    for (const encoding of ['plain', 'dictionary'] as const) {
      const bytes = parquetBytes({
        columns: [text],
        encoding,
        codec: 'none',
        version,
        pageValues: 2,
        groupRows: 1000,
      });
      writeFileSync(path, bytes);
      t.same(await readTable(path, { string: 'string' }), { string: texts });
      const last = encoding === 'plain' ? 'a lake' : 'a wood'; // of the first page, and of the dictionary
      for (const length of [last.length + 1, last.length + 9, 2 ** 31, 2 ** 32 - 1]) {
        bytes.writeUInt32LE(length, bytes.indexOf(last) - 4);
        writeFileSync(path, bytes);
        const message = await refusal(t, readTable(path, { string: 'string' }));
        t.equal(message, `${path}: not a Parquet file, or a damaged one`, `${encoding} ${version} ${length}`);
      }
    }
});

/** Reads a damaged file: valid rows, or a one-line error. */
const readDamaged = (path: string, name: string, damage: Damage): Promise<void> =>
  survives(async () => {
    writeFileSync(path, damage(readFileSync(join(FIXTURES, name))));
    for (const { rows, columns } of await read(path)) {
      const { text, labels } = columns;
      if (columnLength(text) !== rows || columnLength(labels) !== rows) throw new Error('rows are missing');
      if (!text.every((value) => typeof value === 'string')) throw new Error('not a text');
      if (labels.values.some((label) => label < 0)) throw new Error('a label is negative');
    }
  });

test('an encrypted file and a pointer of Git LFS are told as such', async (t) => {
  const dir = t.testdir({ pointer: 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n' });
  const bytes = readFileSync(fixture('arrow-zstd'));
  bytes.write('PARE', bytes.length - 4);
  writeFileSync(join(dir, 'encrypted'), bytes);
  t.match(
    await refusal(t, read(join(dir, 'encrypted'))),
    /encrypted: an encrypted Parquet file; write it without/,
  );
  t.match(
    await refusal(t, read(join(dir, 'pointer'))),
    /pointer: a pointer of Git LFS, not the file itself; run/,
  );
});

test('bits that made the decoder loop for ever, fill memory or fail elsewhere are refused', async (t) => {
  const path = join(t.testdir(), 'damaged.parquet');
  const known: [string, number][] = [
    ['arrow-gzip', 70], // a page of negative length
    ['arrow-brotli', 70],
    ['arrow-v2-pages', 434], // a page without the length of its levels
    ['arrow-delta', 3003], // a list that is a number
    ['arrow-int64', 3878], // a value that JSON cannot show
    ['arrow-delta', 3843], // a column that is not in the file
  ];
  for (const [name, bit] of known) await readDamaged(path, `${name}.parquet`, flip(bit));
  // bytes where the length of the levels should be
  const other = Buffer.of(0xd2, 0xca, 0xc2, 0xe2, 0xc9, 0xd7);
  await readDamaged(path, 'arrow-v2-pages.parquet', (bytes) => (other.copy(bytes, 315), bytes));
  // a run of 2^27 values, which takes 1 GB
  const run = Buffer.of(0xfe, 0xff, 0xff, 0x7f);
  for (let at = 0; at < 200; at += 1)
    await readDamaged(path, 'arrow-none.parquet', (bytes) => (run.copy(bytes, at), bytes));
  t.ok(process.resourceUsage().maxRSS < 2 ** 20, `${process.resourceUsage().maxRSS} KiB at most`);
});

test('any damage ends in valid rows or in a line that says what is wrong', async (t) => {
  const path = join(t.testdir(), 'damaged.parquet');
  const property = fc.asyncProperty(fc.constantFrom(...files), damageOf(3000), (name, change) =>
    readDamaged(path, name, change),
  );
  await t.resolves(fc.assert(property, { seed: 7, numRuns: 1500 }));
  t.ok(process.resourceUsage().maxRSS < 2 ** 20, `${process.resourceUsage().maxRSS} KiB at most`);
});
