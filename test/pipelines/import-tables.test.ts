/** Tables of every kind, in which texts name their labels, from the files to the data set. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { gzipSync } from 'node:zlib';
import { importDataset, type ImportOptions } from '../../pipelines/import.js';
import { query, quoted } from '../fuzz/duckdb.js';
import { refusal } from '../refusal.js';
import { readTable } from '../table.js';

const ROWS = [
  { id: 'p1', title: 'Garden fork', about: 'four tines', tags: ['Garden', 'Tools'] },
  { id: 'p2', title: 'Bread board', about: 'oak, "solid"', tags: ['Kitchen'] },
  { id: 'p3', title: 'Garden hose', about: '', tags: ['Garden'] },
  { id: 'p4', title: 'Hammer', about: 'two\nlines', tags: ['Tools', 'Tools'] },
  { id: 'p5', title: 'Stone', about: 'grey', tags: [] },
];

const spelt = (cells: readonly string[], delimiter: string): string =>
  cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter);
const csv = (rows: typeof ROWS, delimiter = ',', separator = ';'): string =>
  [
    `id${delimiter}title${delimiter}about${delimiter}tags`,
    ...rows.map(({ id, title, about, tags }) => spelt([id, title, about, tags.join(separator)], delimiter)),
  ]
    .map((line) => `${line}\n`)
    .join('');
const jsonl = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const parquet = (path: string, rows: typeof ROWS): Promise<unknown> => {
  const text = (value: string): string => quoted(value);
  const values = rows.map(
    ({ id, title, about, tags }) =>
      `(${text(id)}, ${text(title)}, ${text(about)}, [${tags.map(text).join()}]::varchar[])`,
  );
  return query(
    `copy (select * from (values ${values.join()}) t(id, title, about, tags)) to ${quoted(path)} (format parquet)`,
  );
};

/** A folder with some files in it. */
function folder(t: Test, files: Record<string, string | Buffer>): string {
  const dir = join(t.testdir(), 'from');
  mkdirSync(dir);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
  return dir;
}

/** Imports, and gives each part as plain rows; also what was noted, without the folder. */
async function imported(from: string, options: Omit<ImportOptions, 'from' | 'out'> = {}) {
  const out = join(from, `../out-${readdirSync(join(from, '..')).length}`.replace(/from\/[^/]*\.\.\//, ''));
  const notes: string[] = [];
  const result = await importDataset(
    { from, out, ...options },
    { note: (message) => notes.push(message.replace(/^\S*\//, '')) },
  );
  const { paths, ids } = result.dataset;
  const labels = await readTable(
    paths.labels[0]!,
    ids ? { text: 'string', id: 'string' } : { text: 'string' },
  );
  const part = async (name: 'train' | 'test') => {
    const { text, labels: lists } = await readTable(paths[name][0]!, { text: 'string', labels: 'int32[]' });
    return text.map((one, row) => [one, ...lists[row]!.map((label) => labels.text[label]!)]);
  };
  return { result, notes, labels, train: await part('train'), test: await part('test') };
}

const TEXTS = [
  ['Garden fork four tines', 'Garden', 'Tools'],
  ['Bread board oak, "solid"', 'Kitchen'],
  ['Garden hose', 'Garden'],
  ['Hammer two\nlines', 'Tools'],
  ['Stone grey'],
];
const COLUMNS = { text: 'title,about', labels: 'tags' };

test('CSV, TSV, JSON lines and Parquet with the same rows become the same data set', async (t) => {
  const files: Record<string, (rows: typeof ROWS) => string | Buffer> = {
    csv: (rows) => csv(rows),
    'csv.gz': (rows) => gzipSync(csv(rows, ';', '|')),
    tsv: (rows) => csv(rows, '\t', ','),
    jsonl: jsonl,
    'ndjson.gz': (rows) => gzipSync(jsonl(rows.map((row) => ({ ...row, tags: row.tags.join(' | ') })))),
  };
  for (const [end, make] of Object.entries(files)) {
    const from = folder(t, { [`train.${end}`]: make(ROWS), [`test.${end}`]: make(ROWS.slice(1, 2)) });
    const { labels, train, test, result } = await imported(from, {
      ...COLUMNS,
      ...(end === 'tsv' && { labelSeparator: ',' }),
    });
    t.same(labels, { text: ['Garden', 'Kitchen', 'Tools'] }, end);
    t.same(train, TEXTS, end);
    t.same(test, TEXTS.slice(1, 2), end);
    t.same([result.repeats, result.unlabelled, result.doubtful], [1, 1, { once: 0, shared: 1 }], end);
    t.same(await readTable(result.dataset.paths.train[0]!, { id: 'string' }), {
      id: ROWS.map(({ id }) => id),
    });
  }
  const from = folder(t, {});
  for (const shard of [0, 1])
    await parquet(
      join(from, `train-0000${shard}-of-00002.parquet`),
      shard ? ROWS.slice(2) : ROWS.slice(0, 2),
    );
  await parquet(join(from, 'validation-00000-of-00001.parquet'), ROWS.slice(1, 2));
  const { labels, train, test } = await imported(from, COLUMNS);
  t.same([labels.text, train, test], [['Garden', 'Kitchen', 'Tools'], TEXTS, TEXTS.slice(1, 2)]);
});

test('what is understood is told', async (t) => {
  const from = folder(t, { 'things.csv': csv(ROWS), 'README.md': '' });
  const { notes, result } = await imported(from);
  t.same(notes, ['things.csv: commas, quotes, a header; text: title; labels: tags, split at ";"; id: id']);
  t.equal(result.dataset.name, 'from');
});

test('a part of a single file is held out, the same for a seed; rows of a group stay together', async (t) => {
  const many = Array.from({ length: 200 }, (_x, i) => ({
    title: `t${i}`,
    by: `a${i % 20}`,
    tags: [`l${i % 7}`],
  }));
  const from = folder(t, { 'x.jsonl': jsonl(many) });
  const file = join(from, 'x.jsonl');
  const split = async (options: Omit<ImportOptions, 'from' | 'out'>) => {
    const dataset = (
      await importDataset({ from: file, out: join(from, 'out', String(Math.random())), ...options })
    ).dataset;
    return (await readTable(dataset.paths.test[0]!, { text: 'string' })).text;
  };
  const first = await split({});
  t.equal(first.length, 20);
  t.same(await split({ heldOut: '10%', seed: 0 }), first);
  t.notSame(await split({ seed: 1 }), first);
  t.equal((await split({ heldOut: '25%' })).length, 50);
  const grouped = await split({ group: 'by', heldOut: '30%' });
  t.ok(grouped.length > 0 && grouped.length < 200);
  t.equal(grouped.length % 10, 0, 'whole groups');
  for (const [options, message] of [
    [{ heldOut: '0%' }, /heldOut: expected a share such as 10%, got 0%/],
    [{ group: 'tags' }, /column tags cannot have the labels and something else/],
    [{ group: 'author' }, /x.jsonl: no column author, only title, by, tags/],
  ] as const)
    t.match(await refusal(t, split(options)), message);
});

test('labels with ids have their texts from a table, and keep both; equal names with different ids stay apart', async (t) => {
  const from = folder(t, {
    'labels.csv': 'id,name\nc9,Bank\nc2,Bank\nc3,River\n',
    'train.csv': 'text,labels\nmoney,c9\nshore,c2|c3\n',
    'test.csv': 'text,labels\nwater,c3\n',
  });
  const { labels, train, notes, result } = await imported(from);
  t.same(labels, { text: ['Bank', 'Bank', 'River'], id: ['c9', 'c2', 'c3'] });
  t.same(train, [
    ['money', 'Bank'],
    ['shore', 'Bank', 'River'],
  ]);
  t.same((await readTable(result.dataset.paths.train[0]!, { labels: 'int32[]' })).labels, [[0], [1, 2]]);
  t.equal(result.doubtful!.once, 2);
  t.match(
    notes.at(-1),
    /labels.csv: commas, quotes, a header; label text: name; id: id; texts name labels by id/,
  );
});

test('texts may name labels by the texts of the table, unless two are equal', async (t) => {
  const data = { 'train.csv': 'text,labels\nmoney,Bank\n', 'test.csv': 'text,labels\nwater,River\n' };
  const from = folder(t, { ...data, 'labels.csv': 'id,name\nc1,Sea\nc2,River\nc3,Bank\n' });
  const { train, test, labels } = await imported(from);
  t.same([train, test, labels.id], [[['money', 'Bank']], [['water', 'River']], ['c1', 'c2', 'c3']]);
  const refused = async (names: string) =>
    refusal(t, imported(folder(t, { ...data, 'labels.csv': `id,name\n${names}` })));
  t.match(
    await refused('c1,Bank\nc2,Bank\n'),
    /labels.csv, row 1: "Bank" again, as in row 0; texts could mean either/,
  );
  t.match(await refused('c1,Bank\nc2,Sea\n'), /test.csv, row 0: no label "River" among the label texts/);
  t.match(await refused('c1,Sea\n'), /labels.csv: none of the labels of the texts is here, such as "Bank"/);
});

test("Annif's documents and vocabulary are recognised", async (t) => {
  const from = folder(t, {
    'docs.tsv.gz': gzipSync(
      'a "large" river\t<http://x.org/1> <http://x.org/2>\n"sea\t<http://x.org/2>\nx\t\n',
    ),
    'vocab.tsv': '<http://x.org/1>\triver\n<http://x.org/2>\twater\n<http://x.org/3>\tunused\n',
  });
  const { labels, train, test, notes } = await imported(from);
  t.same(labels, {
    text: ['river', 'water', 'unused'],
    id: ['http://x.org/1', 'http://x.org/2', 'http://x.org/3'],
  });
  t.same(
    [...train, ...test].sort((a, b) => (a[0]! < b[0]! ? -1 : 1)),
    [['"sea', 'water'], ['a "large" river', 'river', 'water'], ['x']],
  );
  t.match(notes[0], /docs.tsv.gz: tabs, no quotes, no header; text: 1; labels: 2, split at spaces/);
});

test('what looks wrong is told after the first rows', async (t) => {
  const rows = Array.from({ length: 60 }, (_x, i) => ({ text: `${i}`, labels: [`l${i}`] }));
  const { notes } = await imported(folder(t, { 'x.jsonl': jsonl(rows) }));
  t.match(notes[1], /x.jsonl: looks wrong: the text, text, is a number in the first 60 rows/);
  t.match(notes[2], /x.jsonl: looks wrong: no label, labels, occurs twice in the first 60 rows/);
});

test('what cannot be understood is refused in one line, and nothing is left', async (t) => {
  const good = csv(ROWS);
  const refused: [Record<string, string | Buffer>, Omit<ImportOptions, 'from' | 'out'>, RegExp][] = [
    [{ 'x.csv': good }, { text: 'titel' }, /x.csv: no column titel, only id, title, about, tags$/],
    [{ 'x.csv': good }, { id: 'sku' }, /x.csv: no column sku, only/],
    [
      { 'x.csv': 'a,b,c\n1,2,3\n' },
      {},
      /x.csv: no usual name of a column of texts among a, b, c; name it with --text/,
    ],
    [{ 'x.csv': `${good}p6,"Saw\n` }, {}, /x.csv:8: a quote is opened and never closed/],
    [{ 'x.csv': `${good}p6,Saw\n` }, {}, /x.csv:8: expected 4 cells, got 2: \["p6","Saw"\]/],
    [{ 'x.csv': Buffer.from(good, 'utf16le') }, {}, /x.csv: expected UTF-8 without NUL/],
    [{ 'x.csv': Buffer.from(`\ufeff${good}`, 'utf16le') }, {}, /x.csv: UTF-16; expected UTF-8/],
    [{ 'x.csv': Buffer.from(`${good}p6,caf\xe9,,\n`, 'latin1') }, COLUMNS, /x.csv:8: title: expected UTF-8/],
    [{ 'x.csv': 'text,labels\n' }, {}, /x.csv: contains no rows/],
    [{ 'x.csv': '' }, {}, /x.csv: contains no rows/],
    [{ 'x.csv': 'text,labels\na,\nb,\n' }, {}, /x.csv: no text has a label/],
    [
      { 'x.jsonl': '{"text":"a","labels":["x"]}\n{"text":["b"]}\n' },
      {},
      /x.jsonl:2: text: expected a text or an integer/,
    ],
    [
      { 'x.jsonl': '{"text":"a","labels":["x",{}]}\n' },
      {},
      /x.jsonl:1: labels: expected a text or an integer, got {}/,
    ],
    [{ 'x.jsonl': '' }, {}, /x.jsonl: contains no rows/],
    [{ 'x.parquet': 'PAR1 or not PAR1' }, {}, /x.parquet: not a Parquet file/],
    [{ 'a.csv': good, 'b.csv': good }, {}, /from: several tables: a, b; name one train, or import one file/],
    [{ 'a.csv': good, 'a.tsv': good }, {}, /a.csv and a.tsv: two sources of the same table/],
    [
      { 'train.csv': good, 'test.csv': good },
      { heldOut: '10%' },
      /test.csv: these are the test texts, so none are held out/,
    ],
    [{ 'x.xlsx': good }, {}, /from: contains no table of texts/],
  ];
  for (const [files, options, message] of refused) {
    const from = folder(t, files);
    const out = join(from, '..', 'out');
    t.match(await refusal(t, importDataset({ from, out, ...options })), message);
    t.notOk(existsSync(out) || existsSync(`${out}.partial`), 'nothing is left');
  }
});

test('bad rows can be skipped and are counted', async (t) => {
  const from = folder(t, { 'x.csv': 'text,labels\na,x\nb\nc,y\n', 'labels.csv': 'id,text\nx,Ex\n' });
  const { result, train, test } = await imported(from, { onBadRow: 'skip' });
  t.same(
    result.bad.reasons.map((reason) => reason.slice(from.length + 1)),
    ['x.csv:3: expected 2 cells, got 1: ["b"]', 'x.csv, row 2: no label "y" among the label texts'],
  );
  t.same([...train, ...test].map(([text]) => text).sort(), ['', 'a', 'c']);
});

test('an import that is cancelled leaves nothing', async (t) => {
  const from = folder(t, {
    'x.jsonl': jsonl(Array.from({ length: 20_000 }, (_x, i) => ({ text: 'a', labels: [i] }))),
  });
  const controller = new AbortController();
  const report = ({ stage }: { stage: string }) => {
    if (stage === 'write train') controller.abort(new Error('enough'));
  };
  const out = join(from, '..', 'out');
  await t.rejects(importDataset({ from, out }, { report, signal: controller.signal }), /enough/);
  t.same(readdirSync(join(from, '..')), ['from']);
});
