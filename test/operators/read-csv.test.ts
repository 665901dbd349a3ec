import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test, type Test } from 'tap';
import { gzipSync } from 'node:zlib';
import { readCsv, type CsvDialect, type CsvSchema, type ReadCsvOptions } from '../../operators/read-csv.js';
import { BadRows } from '../../src/formats/bad-rows.js';
import { pipeline } from '../../src/index.js';
import { collect } from '../collect.js';
import { contract } from '../contract.js';
import { query, quoted } from '../fuzz/duckdb.js';
import { refusal } from '../refusal.js';
import { plainOf } from '../table.js';

const TEXT = { text: 'string' } as const;

const file = (t: Test, content: string | Buffer, name = 'x.csv'): string => {
  const path = join(t.testdir(), name);
  writeFileSync(path, content);
  return path;
};

async function read<const S extends CsvSchema>(paths: string[], options: ReadCsvOptions<S>) {
  const batches = await collect(pipeline(paths, readCsv(options)).run());
  const names = Object.keys(options.columns);
  return Object.fromEntries(
    names.map((name) => [name, batches.flatMap(({ columns }) => plainOf(columns[name]!))]),
  );
}

test('read-csv keeps the contract', async (t) => {
  const path = file(t, 'text\na\n');
  await contract(t, {
    make: () => readCsv({ columns: TEXT }),
    input: () => path,
    ahead: 2,
    bad: { item: join(path, 'missing'), message: /missing: cannot be read/ },
  });
});

test('columns are found by name; quotes, line ends, blank lines and a byte order mark are understood', async (t) => {
  const path = file(t, '\uFEFFid,text,labels\r\n1,"a, ""b""\nc",x\n\n2,日本,\n3,,"y;z"');
  const columns = { text: 'string', labels: 'cell[]' } as const;
  t.same(await read([path], { columns }), {
    text: ['a, "b"\nc', '日本', ''],
    labels: [['x'], [], ['y;z']],
  });
});

test('without a header columns are numbered; without quotes a quote is a character', async (t) => {
  const path = file(t, '5" disk\tx\n"\ty\n');
  const dialect: CsvDialect = { delimiter: '\t', quote: undefined, header: false };
  t.same(await read([path], { columns: { 1: 'string', 2: 'cell' }, dialect }), {
    1: ['5" disk', '"'],
    2: ['x', 'y'],
  });
});

test('several files are one, each with its own order of columns; rows are counted on', async (t) => {
  const dir = t.testdir({ 'a.csv': 'id,text\n1,a\n2,b\n', 'b.csv': 'text,id\nc,3\n', 'empty.csv': '' });
  const paths = ['a.csv', 'empty.csv', 'b.csv'].map((name) => join(dir, name));
  const batches = await collect(pipeline(paths, readCsv({ columns: TEXT, batch: 1 })).run());
  t.same(
    batches.map(({ start, columns }) => [start, columns.text]),
    [
      [0, ['a']],
      [1, ['b']],
      [2, ['c']],
    ],
  );
});

test('what cannot be read is refused by file and line', async (t) => {
  const refused: [string | Buffer, string][] = [
    ['text,labels\na,b\nc\n', ':3: expected 2 cells, got 1: ["c"]'],
    ['text,labels\na,"b\nc"\nd,e,f\n', ':4: expected 2 cells, got 3: ["d","e","f"]'],
    ['text\n\n"a\nb"\n\n\nc,d\n', ':7: expected 1 cells, got 2: ["c","d"]'],
    ['text\na\n"b\nc\n', ':3: a quote is opened and never closed'],
    ['text\n"a"b\n', ':2: text between the closing quote of a cell and the next delimiter'],
    ['text\na"b\n', ':2: a quote within a cell that does not begin with one'],
    ['title\na\n', ': no column text, only title'],
    ['"a\nb",c\na,b\n', ': no column text, only a b, c'],
    ['text,text\na,b\n', ': two columns text'],
    [Buffer.from('text\na\ncaf\xe9\n', 'latin1'), ':3: text: expected UTF-8 without NUL, got "café"'],
    ['text\na\0b\n', ':2: text: expected UTF-8 without NUL, got "a\\u0000b"'],
    [Buffer.from('\uFEFFtext\na\n', 'utf16le'), ': UTF-16; expected UTF-8'],
  ];
  for (const [content, message] of refused) {
    const path = file(t, content);
    const told = await refusal(t, read([path], { columns: TEXT }));
    t.equal(told.slice(0, path.length + message.length), path + message);
  }
});

test('bad rows can be skipped, and are empty then', async (t) => {
  const path = file(t, Buffer.from('text,labels\na,b\nc\ncaf\xe9,d\ne,f\n', 'latin1'));
  const bad = new BadRows('skip');
  t.same(await read([path], { columns: { text: 'string', labels: 'cell[]' }, bad }), {
    text: ['a', '', '', 'e'],
    labels: [['b'], [], [], ['f']],
  });
  t.equal(bad.count, 2);
});

test('compressed files are read; damaged ones are refused', async (t) => {
  const dir = t.testdir();
  const path = (name: string): string => join(dir, name);
  const content = `text\n${'row\n'.repeat(50_000)}`;
  writeFileSync(path('x.csv.gz'), gzipSync(content));
  // one frame of raw and run-length blocks, as the format's specification has them
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]);
  const block = (bytes: Buffer, type: number, size: number, last: number): Buffer => {
    const header = Buffer.alloc(3);
    header.writeUIntLE(last | (type << 1) | (size << 3), 0, 3);
    return Buffer.concat([header, bytes]);
  };
  const frame = Buffer.concat([
    head,
    block(Buffer.from('text\na'), 0, 6, 0),
    block(Buffer.from('z'), 1, 100_000, 0),
    block(Buffer.from('\n'), 0, 1, 1),
  ]);
  writeFileSync(path('x.csv.zst'), frame);
  t.equal((await read([path('x.csv.gz')], { columns: TEXT })).text!.length, 50_000);
  t.same((await read([path('x.csv.zst')], { columns: TEXT })).text, [`a${'z'.repeat(100_000)}`]);
  for (const [name, bytes, message] of [
    ['cut.csv.gz', gzipSync(content).subarray(0, -9), /the gzip file is truncated/],
    ['cut.csv.zst', frame.subarray(0, -2), /not a Zstandard file, or a damaged or truncated one/],
    ['plain.csv.zst', Buffer.from('text\na\n'), /not a Zstandard file/],
  ] as const) {
    writeFileSync(path(name), bytes);
    t.match(await refusal(t, read([path(name)], { columns: TEXT })), message);
  }
});

const cell = fc.string({
  unit: fc.constantFrom('a', 'b', ' ', '"', ',', ';', '\n', '日', "'", '\t'),
  maxLength: 6,
});

test('valid files are read as DuckDB reads them', async (t) => {
  const path = join(t.testdir(), 'x.csv');
  const property = fc.asyncProperty(
    fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 6 }),
    fc.constantFrom(',', ';', '\t', '|'),
    fc.boolean(),
    async (rows, delimiter, always) => {
      const spelt = (text: string): string =>
        always || /["\n\r]/.test(text) || text.includes(delimiter) || text.trim() !== text || text === ''
          ? `"${text.replaceAll('"', '""')}"`
          : text;
      const lines = [['x', 'y', 'z'], ...rows].map((row) => row.map(spelt).join(delimiter));
      writeFileSync(path, `${lines.join('\n')}\n`);
      const columns = { x: 'string', y: 'string', z: 'string' } as const;
      const ours = await read([path], { columns, dialect: { delimiter, quote: '"', header: true } });
      const types = `{x: 'varchar', y: 'varchar', z: 'varchar'}`;
      const theirs = await query(
        `select x, y, z from read_csv(${quoted(path)}, header = true, auto_detect = false, delim = ${quoted(delimiter)}, quote = '"', escape = '"', nullstr = '-none-', columns = ${types})`,
      );
      t.same(
        ours.x!.map((x, row) => [x, ours.y![row], ours.z![row]]),
        theirs.map((row) => [...row]),
      );
      t.same(
        ours.x,
        rows.map(([x]) => x),
      );
    },
  );
  await fc.assert(property, { seed: 7, numRuns: 60 });
});
