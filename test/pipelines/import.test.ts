import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { gzipSync } from 'node:zlib';
import { importDataset } from '../../pipelines/import.js';
import { FILTER_COLUMNS, LABEL_COLUMNS, openDataset, TEXT_COLUMNS } from '../../src/store/dataset.js';
import { refusal } from '../refusal.js';
import { readTable, writeTable, type Table } from '../table.js';

const LABELS = ['{"title": "Cat"}', '{"title": "Dog", "content": "barks"}', '{"title": " "}'];
const TRAIN = [
  '{"title": "tabby", "content": "a cat", "target_ind": [0, 0]}',
  '{"title": "", "content": "no title", "target_ind": [1, 2]}',
  '{"title": "stone", "content": "", "target_ind": []}',
];
const TEST = ['{"title": "poodle", "content": "", "target_ind": [1]}'];
const FILES = { 'lbl.json.gz': LABELS, 'trn.json.gz': TRAIN, 'tst.json': TEST };

/** A folder in the layout of the repository. */
function folder(dir: string, files: Record<string, string[]>): string {
  mkdirSync(dir, { recursive: true });
  for (const [name, lines] of Object.entries(files)) {
    const content = lines.map((line) => `${line}\n`).join('');
    writeFileSync(join(dir, name), name.endsWith('.gz') ? gzipSync(content) : content);
  }
  return dir;
}

test('the files become a data set; empty texts and labels are kept and counted', async (t) => {
  const root = t.testdir();
  const xc = folder(join(root, 'Tiny-3'), FILES);
  const { dataset, ...counts } = await importDataset({ from: xc, out: join(root, 'out') });
  t.same(counts, {
    emptyTexts: 1,
    emptyLabels: 1,
    unlabelled: 1,
    bad: { count: 0, reasons: [] },
    repeats: 1,
  });
  t.same(dataset, await openDataset(join(root, 'out')));
  const { name, labels, train, test, propensity, paths } = dataset;
  t.same({ name, labels, train, test }, { name: 'Tiny-3', labels: 3, train: 3, test: 1 });
  t.same(propensity, [0.55, 1.5]);
  t.same([paths.filterTrain, paths.filterTest], [undefined, undefined]);
  t.same(await readTable(paths.labels[0]!, LABEL_COLUMNS), { text: ['Cat', 'Dog', ' '] });
  t.same(await readTable(paths.train[0]!, TEXT_COLUMNS), {
    text: ['tabby', '', 'stone'],
    labels: [[0], [1, 2], []],
  });
  t.same(await readTable(paths.test[0]!, TEXT_COLUMNS), { text: ['poodle'], labels: [[1]] });
});

test('titles and contents together make the texts, under the names given', async (t) => {
  const root = t.testdir();
  const xc = folder(join(root, 'xc'), FILES);
  const options = { text: 'title+content', name: 'named', propensity: [0.5, 0.4] } as const;
  const { dataset, emptyTexts } = await importDataset({
    from: xc,
    out: join(root, 'out'),
    ...options,
    propensity: [0.5, 0.4],
  });
  t.same([dataset.name, dataset.propensity, emptyTexts], ['named', [0.5, 0.4], 0]);
  t.same((await readTable(dataset.paths.labels[0]!, LABEL_COLUMNS)).text, ['Cat', 'Dog barks', '']);
  t.same((await readTable(dataset.paths.train[0]!, TEXT_COLUMNS)).text, ['tabby a cat', 'no title', 'stone']);
});

test('filter files are imported under either name; one without pairs is left out', async (t) => {
  const root = t.testdir();
  const filters = { 'filter_labels_train.txt': ['2 0', '0 2', '2 1'], 'tst_filter_labels.txt.gz': ['0 1'] };
  const xc = folder(join(root, 'xc'), { ...FILES, ...filters });
  const { paths } = (await importDataset({ from: xc, out: join(root, 'out') })).dataset;
  t.same(await readTable(paths.filterTrain!, FILTER_COLUMNS), { row: [2, 0, 2], label: [0, 2, 1] });
  t.same(await readTable(paths.filterTest!, FILTER_COLUMNS), { row: [0], label: [1] });

  const empty = folder(join(root, 'empty'), {
    ...FILES,
    'filter_labels_train.txt': [],
    'filter_labels_test.txt': [''],
  });
  const { dataset } = await importDataset({ from: empty, out: join(root, 'unfiltered') });
  t.same([dataset.paths.filterTrain, dataset.paths.filterTest], [undefined, undefined]);
  t.same(readdirSync(dataset.dir), ['dataset.json', 'labels.parquet', 'test.parquet', 'train.parquet']);
});

test('a bad line is reported, and nothing is left', async (t) => {
  const root = t.testdir();
  const refused: [Record<string, string[]>, RegExp][] = [
    [{ 'lbl.json.gz': ['{"title": "a"}', '{}'] }, /lbl.json.gz:2: expected a text as title, got none/],
    [{ 'lbl.json.gz': [] }, /lbl.json.gz: contains no labels/],
    [{ 'tst.json': ['{"title": "a", "target_ind": [3]}'] }, /tst.json:1: expected 0..2 in target_ind, got 3/],
    [
      { 'filter_labels_test.txt': ['0 0', '1 0'] },
      /filter_labels_test.txt:2: expected a row below 1 and a label below 3, got "1 0"/,
    ],
  ];
  for (const [i, [files, message]] of refused.entries()) {
    const xc = folder(join(root, `xc-${i}`), { ...FILES, ...files });
    t.match(await refusal(t, importDataset({ from: xc, out: join(root, 'out') })), message);
  }
  t.same(
    readdirSync(root),
    refused.map((_x, i) => `xc-${i}`),
  );
});

const skip = { onBadRow: 'skip' } as const;

test('skipped bad lines are treated as empty, so row numbers do not shift', async (t) => {
  const root = t.testdir();
  const bad = Array.from({ length: 12 }, (_x, i) => `{"title": ${i}, "target_ind": [0]}`);
  const xc = folder(join(root, 'xc'), {
    'lbl.json': ['{"title": "Cat"}', '{', '{"title": "Dog"}'],
    'trn.json': [TRAIN[0]!, ...bad, '{"title": "wolf", "target_ind": [2]}'],
    'tst.json': ['{"title": "a", "target_ind": [4]}', ...TEST],
    'filter_labels_train.txt': ['0 0', 'x', '13 2'],
  });
  writeFileSync(join(xc, 'lbl.json'), Buffer.from('{"title": "caf\xe9"}\n', 'latin1'), { flag: 'a' });
  const { dataset, ...counts } = await importDataset({ from: xc, out: join(root, 'out'), ...skip });
  t.equal(counts.bad.count, 2 + 12 + 1 + 1);
  t.same(
    counts.bad.reasons.map((reason) => reason.slice(xc.length + 1)),
    [
      'lbl.json:2: expected a JSON object, got "{"',
      'lbl.json:4: not UTF-8',
      ...bad.slice(0, 8).map((_line, i) => `trn.json:${i + 2}: expected a text as title, got ${i}`),
    ],
  );
  t.same(await readTable(dataset.paths.labels[0]!, LABEL_COLUMNS), { text: ['Cat', '', 'Dog', ''] });
  t.same(await readTable(dataset.paths.train[0]!, TEXT_COLUMNS), {
    text: ['tabby', ...bad.map(() => ''), 'wolf'],
    labels: [[0], ...bad.map(() => []), [2]],
  });
  t.same(await readTable(dataset.paths.test[0]!, TEXT_COLUMNS), { text: ['', 'poodle'], labels: [[], [1]] });
  t.same(await readTable(dataset.paths.filterTrain!, FILTER_COLUMNS), { row: [0, 13], label: [0, 2] });
});

test('Parquet files of other programs, in shards, become a data set; bad rows are handled like bad lines', async (t) => {
  const root = t.testdir({ from: {} });
  const from = join(root, 'from');
  const labels = (name: string, text: string[]) =>
    writeTable({ path: join(from, name), columns: LABEL_COLUMNS }, { text });
  const texts = (name: string, table: Table<typeof TEXT_COLUMNS>) =>
    writeTable({ path: join(from, name), columns: TEXT_COLUMNS }, table);
  await labels('labels-00000.parquet', ['Cat', 'Dog']);
  await labels('labels-00001.parquet', ['Bird']);
  await texts('train.parquet', { text: ['tabby', 'wrong', 'crow'], labels: [[0], [7], [2, 0]] });
  await texts('test.parquet', { text: ['poodle'], labels: [[1]] });
  const out = join(root, 'out');
  t.match(
    await refusal(t, importDataset({ from, out })),
    /from\/train.parquet, row 1: labels: expected 0..2, got 7/,
  );
  const { dataset, bad } = await importDataset({ from, out, ...skip });
  t.same(bad, {
    count: 1,
    reasons: [`${join(from, 'train.parquet')}, row 1: labels: expected 0..2, got 7`],
  });
  t.same(await readTable(dataset.paths.labels[0]!, LABEL_COLUMNS), { text: ['Cat', 'Dog', 'Bird'] });
  t.same(await readTable(dataset.paths.train[0]!, TEXT_COLUMNS), {
    text: ['tabby', '', 'crow'],
    labels: [[0], [], [2, 0]],
  });
});

test('a label that a text names again counts once, from Parquet as from JSON', async (t) => {
  const root = t.testdir({ from: {} });
  const from = join(root, 'from');
  await writeTable({ path: join(from, 'labels.parquet'), columns: LABEL_COLUMNS }, { text: ['Cat', 'Dog'] });
  const texts = { text: ['a', 'b', 'c'], labels: [[1, 0, 1, 1], [], [0]] };
  for (const part of ['train', 'test'])
    await writeTable({ path: join(from, `${part}.parquet`), columns: TEXT_COLUMNS }, texts);
  const { dataset, repeats } = await importDataset({ from, out: join(root, 'out') });
  t.equal(repeats, 4);
  for (const part of ['train', 'test'])
    t.same((await readTable(join(dataset.dir, `${part}.parquet`), { labels: 'int32[]' })).labels, [
      [1, 0],
      [],
      [0],
    ]);
});

test('two sources of the same table are refused by name, also one of each format', async (t) => {
  const root = t.testdir();
  const out = join(root, 'out');
  const pairs = [
    ['lbl.json.gz', 'lbl.json'],
    ['trn.json', 'train.parquet'],
    ['filter_labels_test.txt', 'tst_filter_labels.txt.gz'],
    ['train.parquet', 'train-00000.parquet'],
  ] as const;
  for (const [i, [one, other]] of pairs.entries()) {
    const from = folder(join(root, `${i}`), { ...FILES, [one]: [], [other]: [] });
    if (one === 'trn.json') rmSync(join(from, 'trn.json.gz'));
    t.equal(
      await refusal(t, importDataset({ from, out })),
      `${join(from, one)} and ${other}: two sources of the same table; remove one`,
    );
  }
});

test('ids of labels and texts are kept, under their name or another', async (t) => {
  const root = t.testdir({ from: {} });
  const from = join(root, 'from');
  const ids = { id: 'string' } as const;
  const write = (name: string, table: Table<{ text: 'string'; sku: 'string' }>) =>
    writeTable({ path: join(from, name), columns: { text: 'string', sku: 'string' } }, table);
  await write('labels.parquet', { text: ['Cat', 'Dog'], sku: ['urn:cat', 'urn:dog'] });
  for (const part of ['train', 'test'])
    await writeTable(
      { path: join(from, `${part}.parquet`), columns: TEXT_COLUMNS },
      { text: ['a'], labels: [[1]] },
    );
  const { dataset } = await importDataset({ from, out: join(root, 'out'), id: 'sku' });
  t.equal(dataset.ids, true);
  t.same(await readTable(dataset.paths.labels[0]!, ids), { id: ['urn:cat', 'urn:dog'] });
  t.equal((await importDataset({ from, out: join(root, 'none') })).dataset.ids, false);
  t.match(
    await refusal(t, importDataset({ from, out: join(root, 'other'), id: 'uri' })),
    /labels.parquet: has no ids, texts or integers, under the name uri/,
  );

  const xc = folder(join(root, 'xc'), {
    'lbl.json': ['{"title": "Cat", "uid": 7}', '{"title": "Dog"}'],
    'trn.json': ['{"title": "a", "uid": "t", "target_ind": [0]}'],
    'tst.json': ['{"title": "b", "target_ind": [1]}'],
  });
  const { dataset: named } = await importDataset({ from: xc, out: join(root, 'xc-out') });
  t.same(await readTable(named.paths.labels[0]!, ids), { id: ['7', ''] });
  t.same(await readTable(named.paths.train[0]!, ids), { id: ['t'] });
});

test('integers of Parquet are ids, as their decimal text', async (t) => {
  const from = join(t.testdir({ from: {} }), 'from');
  const columns = { id: 'int32', text: 'string' } as const;
  await writeTable({ path: join(from, 'labels.parquet'), columns }, { id: [40, 7], text: ['Cat', 'Dog'] });
  const texts = { id: [3], text: ['a'], labels: [[1]] };
  for (const part of ['train', 'test'])
    await writeTable(
      { path: join(from, `${part}.parquet`), columns: { ...TEXT_COLUMNS, id: 'int32' } },
      texts,
    );
  const { dataset } = await importDataset({ from, out: join(from, '..', 'out') });
  t.equal(dataset.ids, true);
  t.same(await readTable(dataset.paths.labels[0]!, { id: 'string' }), { id: ['40', '7'] });
  t.same(await readTable(dataset.paths.test[0]!, { id: 'string' }), { id: ['3'] });
});

test('a usual name of ids for another type of values, or in some files only, is told', async (t) => {
  const root = t.testdir({ from: {} });
  const from = join(root, 'from');
  const notes: string[] = [];
  const note = (message: string) => notes.push(message.slice(from.length + 1));
  await writeTable(
    { path: join(from, 'labels.parquet'), columns: { ...LABEL_COLUMNS, id: 'float32[]' } },
    { text: ['Cat'], id: [[0.5]] },
  );
  const texts = { uid: [3], text: ['a'], labels: [[0]] };
  await writeTable(
    { path: join(from, 'train-00000.parquet'), columns: { ...TEXT_COLUMNS, uid: 'int32' } },
    texts,
  );
  await writeTable({ path: join(from, 'train-00001.parquet'), columns: TEXT_COLUMNS }, texts);
  await writeTable({ path: join(from, 'test.parquet'), columns: { ...TEXT_COLUMNS, uid: 'int32' } }, texts);
  const { dataset } = await importDataset({ from, out: join(root, 'out') }, { note });
  t.same(notes, [
    'labels.parquet: column id has no texts or integers, so it is not read as ids',
    'train-00001.parquet: column uid has no texts or integers, so it is not read as ids',
  ]);
  t.equal(dataset.ids, false);
  t.same(await readTable(dataset.paths.test[0]!, { id: 'string' }), { id: ['3'] });
});

test('ids are found although the first line has none, and rows without ids are told', async (t) => {
  const root = t.testdir();
  const from = folder(join(root, 'xc'), {
    'lbl.json': ['{"title": "Cat"}', '{"title": "Dog", "uid": "d"}'],
    'trn.json': ['{"title": "a", "target_ind": [0]}'],
    'tst.json': ['{"title": "b", "uid": 3, "target_ind": [1]}'],
  });
  const told = async (id?: string): Promise<string[]> => {
    const notes: string[] = [];
    const note = (message: string) => notes.push(message.slice(from.length + 1));
    const { dataset } = await importDataset({ from, out: join(root, id ?? 'usual'), id }, { note });
    t.same(await readTable(dataset.paths.labels[0]!, { id: 'string' }), { id: ['', 'd'] });
    return notes;
  };
  t.same(await told(), ['lbl.json: 1 of 2 rows have no uid']);
  t.same(await told('uid'), [
    'trn.json: has no ids, texts or integers, under the name uid',
    'lbl.json: 1 of 2 rows have no uid',
  ]);
});

test('an id that JSON rounds is refused', async (t) => {
  const root = t.testdir();
  for (const [id, read] of [
    ['9007199254740993', '9007199254740992'],
    ['0.30000000000000001', '0.3'],
  ] as const) {
    const from = folder(join(root, id), { ...FILES, 'lbl.json.gz': [`{"title": "a", "uid": ${id}}`] });
    t.equal(
      await refusal(t, importDataset({ from, out: join(root, 'out') })),
      `${join(from, 'lbl.json.gz')}:1: expected a text or an integer of at most 2^53 as uid, got ${read}`,
    );
  }
});

test('a folder without tables is refused', async (t) => {
  const root = t.testdir();
  const message =
    /: contains no table of texts, such as train.csv, .tsv, .jsonl or .parquet, and no lbl.json$/;
  t.match(await refusal(t, importDataset({ from: root, out: join(root, 'out') })), message);
});

test('a missing file and invalid constants are refused immediately', async (t) => {
  const root = t.testdir();
  const xc = folder(join(root, 'xc'), { 'lbl.json': LABELS, 'trn.json': TRAIN });
  const out = join(root, 'out');
  t.match(await refusal(t, importDataset({ from: xc, out })), /xc\/tst.json.gz: no such file/);
  await t.rejects(
    importDataset({ from: xc, out, propensity: [0, 1.5] }),
    /propensity.0: Too small: expected number to be >0, got 0/,
  );
});

test('an import can be cancelled and reports its progress', async (t) => {
  const root = t.testdir();
  const xc = folder(join(root, 'xc'), FILES);
  const stages: string[] = [];
  const controller = new AbortController();
  const report = ({ stage, done }: { stage: string; done: number }) => {
    stages.push(`${stage}: ${done}`);
    if (stage === 'import trn.json.gz') controller.abort(new Error('enough'));
  };
  await t.rejects(
    importDataset({ from: xc, out: join(root, 'out') }, { report, signal: controller.signal }),
    /enough/,
  );
  t.same(stages, ['import lbl.json.gz: 3', 'import trn.json.gz: 3']);
  t.same(readdirSync(root), ['xc']);
});
