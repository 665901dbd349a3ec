import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'tap';
import { readJsonl } from '../../operators/read-jsonl.js';
import { writeJsonl } from '../../operators/write-jsonl.js';
import { pipeline } from '../../src/index.js';
import { BadRows } from '../../src/formats/bad-rows.js';
import { LONGEST_TEXT } from '../../src/formats/lines.js';
import { toLists } from '../../src/formats/lists.js';
import { collect } from '../collect.js';
import { contract } from '../contract.js';
import { refusal } from '../refusal.js';

const COLUMNS = {
  text: 'string',
  id: 'int32',
  labels: 'int32[]',
  scores: 'float32[]',
  names: 'string[]',
} as const;
const batch = {
  rows: 2,
  columns: {
    text: ['a "q"\n', '日本'],
    id: Int32Array.of(7, 0),
    labels: toLists([[1, 2], []]),
    scores: { offsets: Int32Array.of(0, 2, 2), values: Float32Array.of(0.1, -1e-7) },
    names: { offsets: Int32Array.of(0, 2, 2), values: ['x', ''] },
  },
};

test('read-jsonl keeps the contract', async (t) => {
  const path = join(t.testdir(), 'x.jsonl');
  writeFileSync(path, '{"text":"a"}\n');
  await contract(t, {
    make: () => readJsonl({ columns: { text: 'string' } }),
    input: () => path,
    ahead: 1,
    bad: { item: `${path}.missing`, message: /x.jsonl.missing: cannot be read/ },
  });
});

test('write-jsonl keeps the contract', async (t) => {
  const path = join(t.testdir(), 'x.jsonl');
  await contract(t, {
    make: () => writeJsonl({ path, columns: COLUMNS }),
    input: () => batch,
    count: () => 1,
    ahead: 1000,
    bad: { item: { ...batch, rows: 3 }, message: /text: expected 3 values, got 2/ },
  });
  t.same(readdirSync(join(path, '..')), ['x.jsonl'], 'nothing is left under a temporary name');
});

test('rows of every type are written and read back', async (t) => {
  const path = join(t.testdir(), 'x.jsonl');
  const written = await pipeline([batch, batch], writeJsonl({ path, columns: COLUMNS })).first();
  t.same(written, { path, rows: 4 });
  t.equal(
    readFileSync(path, 'utf8').split('\n')[0],
    '{"text":"a \\"q\\"\\n","id":7,"labels":[1,2],"scores":[0.1,-1e-7],"names":["x",""]}',
  );
  const [first, second] = await collect(pipeline([path], readJsonl({ columns: COLUMNS, batch: 2 })).run());
  t.same(first, { file: path, start: 0, ...batch });
  t.same(second, { file: path, start: 2, ...batch });
  writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
  t.equal(await pipeline([`${path}.gz`], readJsonl({ columns: COLUMNS, batch: 1 })).drain(), 4);
});

test('a batch whose lines do not fit a string is written piece by piece', async (t) => {
  const script = `
    import { writeJsonl } from '${new URL('../../operators/write-jsonl.js', import.meta.url).href}';
    import { pipeline } from '${new URL('../../src/index.js', import.meta.url).href}';
    const text = Array(9).fill('x'.repeat(2 ** 26));
    const write = writeJsonl({ path: '-', columns: { text: 'string' } });
    await pipeline([{ rows: 9, columns: { text } }], write).drain();`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  t.equal(child.stderr.toString(), '');
  t.equal(child.status, 0);
});

test('a text of the largest size is read back, whatever its characters', async (t) => {
  const path = join(t.testdir(), 'x.jsonl');
  const columns = { text: 'string', name: 'string' } as const;
  const text = '"'.repeat(LONGEST_TEXT / 2) + '\u0001'.repeat(LONGEST_TEXT / 2);
  const rows = { rows: 1, columns: { text: [text], name: ['a'] } };
  await pipeline([rows], writeJsonl({ path, columns })).drain();
  const [read] = await collect(pipeline([path], readJsonl({ columns })).run());
  t.ok(read!.columns.text[0] === text);
  t.same(read!.columns.name, ['a']);
});

test('a line of the largest size that is no JSON is refused in one line', async (t) => {
  const path = join(t.testdir(), 'x.jsonl');
  writeFileSync(path, '\u0001'.repeat(100 * 2 ** 20));
  const read = pipeline([path], readJsonl({ columns: { text: 'string' } }));
  t.match(await refusal(t, read.drain()), /x.jsonl:1: expected a JSON object, got "(.u0001)+.{0,5}…$/);
});

test('texts and integers are read as keys', async (t) => {
  const path = join(t.testdir(), 'x.jsonl');
  writeFileSync(path, '{"id":-7}\n{"id":"a"}\n');
  const read = () => collect(pipeline([path], readJsonl({ columns: { id: 'key' } })).run());
  t.same((await read())[0]!.columns.id, ['-7', 'a']);
  writeFileSync(path, '{"id":1e300}\n');
  t.match(await refusal(t, read()), /x.jsonl:1: id: expected a text or an integer, got 1e\+300/);
});

test('cells are texts, integers or nothing, one or several', async (t) => {
  const path = join(t.testdir(), 'x.jsonl');
  writeFileSync(path, '{"id":7,"labels":["a",3]}\n{"labels":"a;b"}\n{"id":null,"labels":null}\n');
  const columns = { id: 'cell', labels: 'cell[]' } as const;
  const [read] = await collect(pipeline([path], readJsonl({ columns })).run());
  t.same(read!.columns, {
    id: ['7', '', ''],
    labels: { offsets: Int32Array.of(0, 2, 3, 3), values: ['a', '3', 'a;b'] },
  });
});

test('bad lines can be skipped, and are empty then, unless an integer is read', async (t) => {
  const path = join(t.testdir(), 'x.jsonl');
  writeFileSync(path, '{"text":"a","n":1}\n{\n{"text":5,"n":2}\n{"text":"b","n":3}\n');
  const bad = new BadRows('skip');
  const columns = { text: 'string' } as const;
  const [read] = await collect(pipeline([path], readJsonl({ columns, bad })).run());
  t.same(read!.columns.text, ['a', '', '', 'b']);
  t.same(bad.reasons, [
    `${path}:2: expected a JSON object, got "{"`,
    `${path}:3: text: expected a text, got 5`,
  ]);
  const integers = readJsonl({ columns: { ...columns, n: 'int32' }, bad });
  t.match(await refusal(t, pipeline([path], integers).drain()), /x.jsonl:2: expected a JSON object/);
});

test('of a set, repeats are dropped and counted', async (t) => {
  const path = join(t.testdir(), 'x.jsonl');
  writeFileSync(path, '{"labels":[3,1,3,3]}\n{"labels":[2]}\n');
  const bad = new BadRows('stop');
  const [read] = await collect(pipeline([path], readJsonl({ columns: { labels: 'int32 set' }, bad })).run());
  t.same(read!.columns.labels, toLists([[3, 1], [2]]));
  t.equal(bad.repeats, 2);
});

test('a value that is nested too deeply is refused in one line', async (t) => {
  const path = join(t.testdir(), 'x.jsonl');
  const depth = 300_000;
  writeFileSync(path, `{"labels":${'['.repeat(depth)}${']'.repeat(depth)}}\n`);
  const read = pipeline([path], readJsonl({ columns: { labels: 'int32[]' } }));
  t.match(
    await refusal(t, read.drain()),
    /x.jsonl:1: labels: expected 0..2147483647, got a list nested too deeply$/,
  );
});

for (const [line, message] of [
  ['[1', /x.jsonl:2: expected a JSON object, got "\[1"/],
  ['7', /x.jsonl:2: expected a JSON object, got "7"/],
  ['{"labels":[0]}', /x.jsonl:2: text: expected a text, got none/],
  ['{"text":"a\\ud800","labels":[0]}', /x.jsonl:2: text: expected a text, got "a\\ud800"/],
  ['{"text":"a\\u0000","labels":[0]}', /x.jsonl:2: text: expected a text, got "a\\u0000"/],
  ['{"text":1,"labels":[0]}', /x.jsonl:2: text: expected a text, got 1/],
  ['{"text":"a","labels":[-1]}', /x.jsonl:2: labels: expected 0..9, got -1/],
  ['{"text":"a","labels":[10]}', /x.jsonl:2: labels: expected 0..9, got 10/],
  ['{"text":"a","labels":{}}', /x.jsonl:2: labels: expected a list, got {}/],
  ['{"text":"a","labels":[0.5]}', /x.jsonl:2: labels: expected 0..9, got 0.5/],
] as const)
  test(`a bad line is named: ${line}`, async (t) => {
    const path = join(t.testdir(), 'x.jsonl');
    writeFileSync(path, `{"text":"a","labels":[9]}\n${line}\n`);
    const read = readJsonl({ columns: { text: 'string', labels: 'int32[]' }, below: { labels: 10 } });
    await t.rejects(pipeline([path], read).drain(), { message });
  });
