import fc from 'fast-check';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'tap';
import { readXcFilter, readXcLabels, readXcTexts } from '../../operators/read-xc.js';
import { pipeline } from '../../src/index.js';
import { listAt, toLists } from '../../src/formats/lists.js';
import { BadRows } from '../../src/formats/bad-rows.js';
import { collect } from '../collect.js';
import { contract } from '../contract.js';
import { refusal } from '../refusal.js';

const LABELS = '{"title": "Anarchism", "content": ""}\r\n{"title":"日本 \\u00e9","uid":"7"}\n{"title":" "}';
const TEXTS =
  '{"uid": "a", "title": "One", "content": "first", "target_ind": [2, 0, 2], "target_rel": [1.0, 1.0, 1.0]}\n' +
  '{"title": "", "content": "only", "target_ind": []}\n';
const texts = (text: 'title' | 'title+content') => readXcTexts({ text, labels: 3 });

test('the readers keep the contract', async (t) => {
  const dir = t.testdir({ 'lbl.json': '{"title": "a"}\n', 'trn.json': TEXTS, 'filter.txt': '0 1\n' });
  const bad = (name: string) => ({
    item: 'missing',
    message: new RegExp(`^${name} failed at item 1: missing: cannot be read`),
  });
  const labels = { make: () => readXcLabels({ text: 'title' }), input: () => join(dir, 'lbl.json') };
  await contract(t, { ...labels, ahead: 1, bad: bad('read-xc-labels') });
  const half = { make: () => texts('title'), input: () => join(dir, 'trn.json') };
  await contract(t, { ...half, ahead: 1, bad: bad('read-xc-texts') });
  const pairs = { make: () => readXcFilter({ rows: 2, labels: 3 }), input: () => join(dir, 'filter.txt') };
  await contract(t, { ...pairs, ahead: 1, bad: bad('read-xc-filter') });
});

test('labels are read from plain and gzip files, with any line ending', async (t) => {
  const dir = t.testdir({ 'lbl.json': LABELS });
  writeFileSync(join(dir, 'lbl.json.gz'), gzipSync(LABELS));
  for (const name of ['lbl.json', 'lbl.json.gz']) {
    const batches = await collect(pipeline([join(dir, name)], readXcLabels({ text: 'title' })).run());
    t.same(
      batches.flatMap(({ columns }) => columns.text),
      ['Anarchism', '日本 é', ' '],
    );
  }
});

test('a text has its labels once each, in their order', async (t) => {
  const path = join(t.testdir({ 'trn.json': TEXTS }), 'trn.json');
  const labels = toLists([[2, 0], []]);
  t.same((await pipeline([path], texts('title')).first()).columns, { text: ['One', ''], labels });
  t.same((await pipeline([path], texts('title+content')).first()).columns, {
    text: ['One first', 'only'],
    labels,
  });
});

test('filter pairs are read, and blank lines are ignored', async (t) => {
  const path = join(t.testdir({ 'filter.txt': '0 1\r\n\n  1\t2 \n' }), 'filter.txt');
  const { rows, columns } = await pipeline([path], readXcFilter({ rows: 2, labels: 3 })).first();
  t.same([rows, columns.row, columns.label], [2, Int32Array.of(0, 1), Int32Array.of(1, 2)]);
});

test('a line that is not a label is reported', async (t) => {
  const refused: [string, string][] = [
    ['{"title": "cut', '2: expected a JSON object, got "{\\"title\\": \\"cut"'],
    ['', '2: expected a JSON object, got ""'],
    ['["a"]', '2: expected a JSON object, got ["a"]'],
    ['null', '2: expected a JSON object, got null'],
    ['{"content": "b"}', '2: expected a text as title, got none'],
    ['{"title": 7}', '2: expected a text as title, got 7'],
    ['{"title": "a\\udc00"}', '2: expected a text as title, got "a\\udc00"'],
    ['{"title": "b", "content": null}', '2: expected a text as content, got null'],
  ];
  const path = join(t.testdir(), 'lbl.json');
  for (const [line, message] of refused) {
    writeFileSync(path, `{"title": "a"}\n${line}\n{"title": "c"}\n`);
    const read = pipeline([path], readXcLabels({ text: 'title+content' }));
    t.equal(await refusal(t, read.drain()), `${path}:${message}`);
  }
});

test('a line that is not a text, or has an invalid label, is reported', async (t) => {
  const refused: [string, string][] = [
    ['{"title": "a", "content": ""}', 'expected a list as target_ind, got none'],
    ['{"title": "a", "content": "", "target_ind": 1}', 'expected a list as target_ind, got 1'],
    ['{"title": "a", "content": "", "target_ind": [0, 3]}', 'expected 0..2 in target_ind, got 3'],
    ['{"title": "a", "content": "", "target_ind": [-1]}', 'expected 0..2 in target_ind, got -1'],
    ['{"title": "a", "content": "", "target_ind": [1.5]}', 'expected 0..2 in target_ind, got 1.5'],
    ['{"title": "a", "content": "", "target_ind": ["1"]}', 'expected 0..2 in target_ind, got "1"'],
    ['{"title": "a", "target_ind": [1]}', 'expected a text as content, got none'],
  ];
  const path = join(t.testdir(), 'trn.json');
  for (const [line, message] of refused) {
    writeFileSync(path, line);
    t.equal(await refusal(t, pipeline([path], texts('title+content')).drain()), `${path}:1: ${message}`);
  }
  t.throws(() => readXcTexts({ text: 'title', labels: 0 }), /labels: expected at least 1, got 0/);
});

test('good lines keep their row numbers, and bad ones are counted', async (t) => {
  const path = join(t.testdir(), 'trn.json');
  const line = (good: boolean) => (value: unknown) => ({ text: JSON.stringify(value), good, value });
  const title = fc.string();
  const labels = fc.array(fc.nat(2), { maxLength: 5 });
  const good = fc.record({ title, target_ind: labels }).map(line(true));
  const bad = fc.oneof(
    fc.record({ title: fc.oneof(fc.integer(), fc.constant(null)), target_ind: labels }).map(line(false)),
    fc
      .record({ title, target_ind: fc.oneof(fc.constant([3]), fc.constant([-1]), fc.constant('0')) })
      .map(line(false)),
    fc
      .jsonValue()
      .filter((value) => typeof value !== 'object')
      .map(line(false)),
    fc.string().map((text) => ({ text: `{${text.replace(/[\r\n]/g, '')}`, good: false, value: undefined })),
  );
  const property = fc.asyncProperty(fc.array(fc.oneof(good, bad)), async (lines) => {
    writeFileSync(path, lines.map(({ text }) => `${text}\n`).join(''));
    const skipped = new BadRows('skip');
    const read = readXcTexts({ text: 'title', labels: 3, bad: skipped });
    const rows = (await collect(pipeline([path], read).run())).flatMap(({ columns }) =>
      columns.text.map((text, i) => ({ title: text, target_ind: [...listAt(columns.labels, i)] })),
    );
    const empty = { title: '', target_ind: [] };
    t.same(
      rows,
      lines.map(({ good, value }) => {
        if (!good) return empty;
        const { title, target_ind } = value as typeof empty;
        return { title, target_ind: [...new Set(target_ind)] };
      }),
    );
    t.equal(skipped.count, lines.filter(({ good }) => !good).length);
  });
  await fc.assert(property, { seed: 3, numRuns: 100 });
});

test('a line that is not a filter pair is reported', async (t) => {
  const path = join(t.testdir(), 'filter.txt');
  for (const line of ['2 0', '0 3', '-1 0', '0', '0 1 2', '0,1', '0 1.0', '0 99999999999999999999']) {
    writeFileSync(path, `1 2\n${line}\n`);
    const read = pipeline([path], readXcFilter({ rows: 2, labels: 3 }));
    const expected = 'expected a row below 2 and a label below 3';
    t.equal(await refusal(t, read.drain()), `${path}:2: ${expected}, got ${JSON.stringify(line)}`);
  }
});

test('a slow consumer keeps the reader from running ahead', async (t) => {
  const path = join(t.testdir(), 'lbl.json.gz');
  const line = (i: number) => `{"title": "${i.toString(36).repeat(8)}"}\n`;
  writeFileSync(path, gzipSync(Array.from({ length: 200_000 }, (_x, i) => line(i)).join('')));
  const { length } = readFileSync(path);
  const labels = pipeline([path], readXcLabels({ text: 'title' })).run();
  await labels.next();
  for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate); // time to read ahead, if it did
  truncateSync(path, Math.floor(length / 2));
  t.match(await refusal(t, collect(labels)), /lbl.json.gz:\d+: the gzip file is truncated/);
});
