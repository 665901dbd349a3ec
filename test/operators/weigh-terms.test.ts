import { join } from 'node:path';
import tap, { test } from 'tap';
import { weighTerms } from '../../operators/weigh-terms.js';
import { writeSparse } from '../../operators/write-sparse.js';
import { pipeline } from '../../src/index.js';
import { SparseReader } from '../../src/sparse/store.js';
import { openTfIdf } from '../../src/sparse/tf-idf.js';
import { contract } from '../contract.js';
import { writeFeatures } from '../sparse/features.js';

const text = ['a large river', 'a river', ''];
const base = writeFeatures(tap.testdir(), text, { word: 1, bigram: 1 });

test('weigh-terms keeps the contract', async (t) => {
  const features = await base;
  await contract(t, {
    make: () => weighTerms({ base: features, threads: 1, ahead: 0 }),
    input: (i) => ({ columns: { text: [`river ${i}`] } }),
    ahead: 1,
  });
});

test('threads weigh as this thread does, and the rows are written in order', async (t) => {
  const rows = join(t.testdir(), 'rows');
  const options = { base: await base, kinds: ['word'] as const };
  await pipeline(
    text.map((one) => ({ columns: { text: [one] } })),
    weighTerms({ ...options, threads: 2 }),
    writeSparse({ base: rows, rows: ({ features }) => features }),
  ).drain();
  using reader = new SparseReader(rows);
  t.same(reader.read(0, reader.rows), openTfIdf(options).weigh(text));
});

test('missing features are told at the first batch', async (t) => {
  const missing = weighTerms({ base: join(t.testdir(), 'none'), threads: 1 });
  await t.rejects(pipeline([{ columns: { text } }], missing).drain(), {
    message: /weigh-terms failed at item 1: .*none\.json/,
  });
});
