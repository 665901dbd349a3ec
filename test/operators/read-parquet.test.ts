import { parquetMetadata } from 'hyparquet';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { readParquet } from '../../operators/read-parquet.js';
import { pipeline } from '../../src/index.js';
import { collect } from '../collect.js';
import { quoted, query } from '../fuzz/duckdb.js';
import { contract } from '../contract.js';
import { refusal } from '../refusal.js';
import { readTable, writeTable } from '../table.js';

const FIXTURES = 'test/fixtures/parquet';
const COLUMNS = { text: 'string', labels: 'int32[]' } as const;
const fixture = (name: string): string => join(FIXTURES, `${name}.parquet`);

const written = readdirSync(FIXTURES)
  .filter((name) => /^(arrow|duckdb)-/.test(name))
  .map((name) => name.replace('.parquet', ''));

/** Eight rows in groups of three, three and two. */
async function threeGroups(dir: string): Promise<string> {
  const path = join(dir, 'groups.parquet');
  await writeTable(
    { path, columns: COLUMNS, rowGroup: 3 },
    { text: Array.from('abcdefgh'), labels: [[0], [1], [2], [3], [4], [5], [6], [7]] },
  );
  return path;
}

/** Overwrites the bytes of a column in a row group. */
function spoil(path: string, column: string, group: number): void {
  const bytes = Uint8Array.from(readFileSync(path));
  const chunk = parquetMetadata(bytes.buffer).row_groups[group]!.columns.find(
    ({ meta_data }) => meta_data?.path_in_schema[0] === column,
  )!.meta_data!;
  const start = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
  writeFileSync(path, bytes.fill(0xff, start, start + Number(chunk.total_compressed_size)));
}

/** How many times the file is open in this process. */
const handles = (path: string): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(join('/proc/self/fd', fd)).endsWith(path);
    } catch {
      return false; // the descriptor of the listing itself
    }
  }).length;

test('texts and integers of any width are read as keys, other types are refused', async (t) => {
  const path = join(t.testdir(), 'x.parquet');
  const wide = '9223372036854775807';
  await query(`copy (select ${wide}::bigint as a, -5::smallint as b, 18446744073709551615::ubigint as c, 'x' as d,
    0.5::double as e) to ${quoted(path)} (format parquet)`);
  const columns = { a: 'key', b: 'key', c: 'key', d: 'key' } as const;
  const read = { a: [wide], b: ['-5'], c: ['18446744073709551615'], d: ['x'] };
  t.same(await readTable(path, columns), read);
  t.match(await refusal(t, readTable(path, { e: 'key' })), /x.parquet: column e: expected key, got DOUBLE$/);
});

test('cells are texts, integers or nulls, alone or in lists', async (t) => {
  const path = join(t.testdir(), 'x.parquet');
  await query(
    `copy (select * from (values (7, 'a', ['x', 'y'], [1::bigint]), (null, null, null, []), (8, 'b', [], null)) t(id, one, many, ids))
     to ${quoted(path)} (format parquet)`,
  );
  const columns = { id: 'cell', one: 'cell[]', many: 'cell[]', ids: 'cell[]' } as const;
  t.same(await readTable(path, columns), {
    id: ['7', '', '8'],
    one: [['a'], [], ['b']],
    many: [['x', 'y'], [], []],
    ids: [['1'], [], []],
  });
});

test('read-parquet keeps the contract', async (t) => {
  await contract(t, {
    make: () => readParquet({ columns: COLUMNS }),
    input: () => fixture('duckdb-zstd'),
    ahead: 1,
    bad: {
      item: 'missing.parquet',
      message: /^read-parquet failed at item 1: missing.parquet: cannot be read/,
    },
  });
});

test('files of other writers are read as the rows that were written', async (t) => {
  const rows = JSON.parse(readFileSync(join(FIXTURES, 'rows.json'), 'utf8')) as unknown;
  t.equal(written.length, 11);
  for (const name of written) t.same(await readTable(fixture(name), COLUMNS), rows, name);
});

test('a batch states its file and rows and never spans two row groups', async (t) => {
  const path = await threeGroups(t.testdir());
  const read = readParquet({ columns: COLUMNS, batch: 2 });
  const batches = await collect(pipeline([path, fixture('arrow-none')], read).run());
  t.same(
    batches.map(({ file, start, rows }) => [file === path, start, rows]),
    [
      [true, 0, 2],
      [true, 2, 1],
      [true, 3, 2],
      [true, 5, 1],
      [true, 6, 2],
      [false, 8, 2], // row numbers continue from file to file
      [false, 10, 1],
      [false, 11, 1],
    ],
  );
  t.same(batches[4]!.columns, {
    text: ['g', 'h'],
    labels: { offsets: Int32Array.of(0, 1, 2), values: Int32Array.of(6, 7) },
  });
});

test('a row group is read once the previous one has been taken', async (t) => {
  const path = await threeGroups(t.testdir());
  const batches = pipeline([path], readParquet({ columns: COLUMNS, batch: 2 })).run();
  await batches.next();
  spoil(path, 'text', 1);
  t.equal((await batches.next()).value?.start, 2, 'all of the first group was read');
  t.match(await refusal(t, batches.next()), /groups.parquet: not a Parquet file, or a damaged one: /);
});

test('columns that are not requested stay unread', async (t) => {
  const path = await threeGroups(t.testdir());
  for (const group of [0, 1, 2]) spoil(path, 'text', group);
  const { labels } = await readTable(path, { labels: 'int32[]' });
  t.same(labels, [[0], [1], [2], [3], [4], [5], [6], [7]]);
  t.match(await refusal(t, readTable(path, { text: 'string' })), /damaged/);
});

test('a file is closed after it is read, after an early stop, and when it is damaged', async (t) => {
  const path = await threeGroups(t.testdir());
  const read = () => pipeline([path], readParquet({ columns: COLUMNS })).run();
  const batches = read();
  await batches.next();
  t.equal(handles(path), 1, 'open while it is read');
  await batches.return(undefined);
  t.equal(handles(path), 0);
  await collect(read());
  t.equal(handles(path), 0);
  spoil(path, 'labels', 2);
  await refusal(t, collect(read()));
  t.equal(handles(path), 0);
});

test('options are checked before the first file', async (t) => {
  const columns = COLUMNS;
  t.throws(() => readParquet({ columns, batch: 0 }), /batch: expected at least 1, got 0/);
  t.throws(() => readParquet({ columns: {} }), /columns: expected at least 1, got none/);
  t.throws(
    () => readParquet({ columns, below: { text: 3 } }),
    /below: expected an integer column .*got text: 3/,
  );
  t.throws(() => readParquet({ columns, below: { labels: 2 ** 32 } }), /got labels: 4294967296/);
});
