import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { writeLists } from '../../operators/write-lists.js';
import { pipeline } from '../../src/index.js';
import { RaggedReader } from '../../src/store/ragged.js';
import { toLists, type Lists } from '../../src/formats/lists.js';
import { collect } from '../collect.js';
import { contract } from '../contract.js';
import { refusal } from '../refusal.js';

const tokens = (lists: Lists): Lists => lists;

test('write-lists keeps the contract', async (t) => {
  const base = join(t.testdir(), 'tokens');
  await contract(t, {
    make: () => writeLists({ base, lists: tokens }),
    input: (i) => toLists([[i]]),
    ahead: 1,
  });
});

test('batches are passed on unchanged, and the store contains their lists', async (t) => {
  const base = join(t.testdir(), 'tokens');
  const batches = [[[1, 2], []], [], [[3]]].map(toLists);
  const handed = await collect(pipeline(batches, writeLists({ base, lists: tokens })).run());
  t.ok(handed.every((batch, i) => batch === batches[i]));
  using store = new RaggedReader(base);
  t.same(store.read(0, store.rows), toLists([[1, 2], [], [3]]));
});

test('a store can be empty, and can be replaced', async (t) => {
  const dir = t.testdir();
  const base = join(dir, 'tokens');
  await pipeline([toLists([[1], [2]])], writeLists({ base, lists: tokens })).drain();
  await pipeline([], writeLists({ base, lists: tokens })).drain();
  using store = new RaggedReader(base);
  t.same([store.rows, store.size], [0, 0]);
  t.same(readdirSync(dir), ['tokens.offsets.npy', 'tokens.values.npy']);
});

test('a missing folder is refused', async (t) => {
  const base = join(t.testdir(), 'missing', 'tokens');
  const write = pipeline([toLists([[1]])], writeLists({ base, lists: tokens }));
  t.match(await refusal(t, write.drain()), /missing\/tokens.offsets.npy: cannot be opened \(ENOENT\)/);
});
