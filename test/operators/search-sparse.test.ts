import { join } from 'node:path';
import tap, { test } from 'tap';
import { searchSparse } from '../../operators/search-sparse.js';
import { toLists } from '../../src/formats/lists.js';
import { pipeline } from '../../src/index.js';
import { InvertedIndex } from '../../src/sparse/inverted.js';
import { transpose } from '../../src/sparse/transpose.js';
import { contract } from '../contract.js';
import { randomRows, writeRows } from '../sparse/random-rows.js';

const [TEXTS, COLUMNS] = [200, 30];
const folder = tap.testdir();
const index = join(folder, 'index');
const built = (async () => {
  const rows = writeRows(join(folder, 'rows'), randomRows(TEXTS, COLUMNS, 1));
  await transpose({ rows, into: index, columns: COLUMNS });
})();

test('search-sparse keeps the contract', async (t) => {
  await built;
  await contract(t, {
    make: () => searchSparse({ index, threads: 1, ahead: 0 }),
    input: (i) => ({ features: randomRows(2, COLUMNS, i) }),
    ahead: 1,
  });
});

test('threads find what this thread finds', async (t) => {
  await built;
  const features = randomRows(20, COLUMNS, 2);
  const excluded = toLists(Array.from({ length: 20 }, (_x, i) => [i % 7]));
  const batch = { features, excluded };
  using inverted = new InvertedIndex(index);
  const { found } = await pipeline([batch], searchSparse<typeof batch>({ index, k: 4, threads: 1 })).first();
  t.same(found, inverted.search(features, 4, excluded));
  const all = searchSparse<typeof batch, 'all'>({ index, excluding: false, as: 'all', k: 4, threads: 1 });
  t.same((await pipeline([batch], all).first()).all, inverted.search(features, 4));
});

test('a missing index is told at the first batch', async (t) => {
  const missing = searchSparse({ index: join(folder, 'none'), threads: 1 });
  await t.rejects(pipeline([{ features: randomRows(1, COLUMNS, 3) }], missing).drain(), {
    message: /search-sparse failed at item 1: .*none\.json/,
  });
});
