import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { readLines } from '../../operators/read-lines.js';
import { pipeline } from '../../src/index.js';
import { collect } from '../collect.js';
import { contract } from '../contract.js';

test('read-lines keeps the contract', async (t) => {
  const path = join(t.testdir(), 'x.txt');
  writeFileSync(path, 'a\n');
  await contract(t, {
    make: () => readLines(),
    input: () => path,
    ahead: 1,
    bad: { item: `${path}.missing`, message: /x.txt.missing: cannot be read/ },
  });
});

test('lines are texts, empty ones too', async (t) => {
  const path = join(t.testdir(), 'x.txt');
  writeFileSync(path, 'a\r\n\n日本');
  const batches = await collect(pipeline([path], readLines({ batch: 2 })).run());
  t.same(
    batches.flatMap(({ columns }) => columns.text),
    ['a', '', '日本'],
  );
  t.same(
    batches.map(({ start, rows }) => [start, rows]),
    [
      [0, 2],
      [2, 1],
    ],
  );
});
