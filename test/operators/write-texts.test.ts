import { join } from 'node:path';
import { test } from 'tap';
import { writeTexts } from '../../operators/write-texts.js';
import { pipeline } from '../../src/index.js';
import { TextReader } from '../../src/store/texts.js';
import { collect } from '../collect.js';
import { contract } from '../contract.js';
import { refusal } from '../refusal.js';

const batch = (...text: string[]) => ({ columns: { text } });

test('write-texts keeps the contract', async (t) => {
  const base = join(t.testdir(), 'labels');
  await contract(t, { make: () => writeTexts({ base }), input: (i) => batch(`text ${i}`), ahead: 1 });
});

test('batches are passed on unchanged, and the store contains their texts', async (t) => {
  const base = join(t.testdir(), 'labels');
  const batches = [batch('a', ''), batch(), batch('日本 😀')];
  const handed = await collect(pipeline(batches, writeTexts({ base })).run());
  t.ok(handed.every((each, i) => each === batches[i]));
  using store = new TextReader(base);
  t.equal(store.rows, 3);
  t.same(store.gather(Int32Array.of(0, 1, 2)), ['a', '', '日本 😀']);
});

test('a missing folder is refused', async (t) => {
  const base = join(t.testdir(), 'missing', 'labels');
  const write = pipeline([batch('a')], writeTexts({ base }));
  t.match(await refusal(t, write.drain()), /missing\/labels.offsets.npy: cannot be opened \(ENOENT\)/);
});
