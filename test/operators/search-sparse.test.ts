import { join } from 'node:path';
import tap, { test } from 'tap';
import { searchSparse } from '../../operators/search-sparse.js';
import { writeLists } from '../../operators/write-lists.js';
import { toLists } from '../../src/formats/lists.js';
import { pipeline } from '../../src/index.js';
import { InvertedIndex } from '../../src/sparse/inverted.js';
import { SparseSearcher } from '../../src/sparse/searcher.js';
import { transpose } from '../../src/sparse/transpose.js';
import { contract } from '../contract.js';
import { randomRows, writeRows } from '../sparse/random-rows.js';

const [TEXTS, COLUMNS] = [200, 30];
const folder = tap.testdir();
const index = join(folder, 'index');
const labels = join(folder, 'labels');
const built = (async () => {
  const rows = writeRows(join(folder, 'rows'), randomRows(TEXTS, COLUMNS, 1));
  await transpose({ rows, into: index, columns: COLUMNS });
  const lists = toLists(Array.from({ length: TEXTS }, (_x, i) => [i % 7, 7 + (i % 5)]));
  await pipeline([lists], writeLists<typeof lists>({ base: labels, lists: (all) => all })).drain();
})();

test('search-sparse keeps the contract', async (t) => {
  await built;
  await contract(t, {
    make: () => searchSparse({ index, threads: 1, ahead: 0 }),
    input: (i) => ({ features: randomRows(2, COLUMNS, i) }),
    ahead: 1,
  });
});

test('threads find what this thread finds: rows, or labels by votes of rows', async (t) => {
  await built;
  const features = randomRows(20, COLUMNS, 2);
  const excluded = toLists(Array.from({ length: 20 }, (_x, i) => [i % 7]));
  const own = Int32Array.from({ length: 20 }, (_x, i) => i - 1);
  const batch = { features, excluded, own };
  const rows = await pipeline([batch], searchSparse<typeof batch>({ index, k: 4, threads: 1 })).first();
  using inverted = new InvertedIndex(index);
  t.same(rows.found, inverted.search(features, 4, excluded));
  const voting = { labels, voters: 5, power: 2 };
  const voted = await pipeline(
    [batch],
    searchSparse<typeof batch, 'voted'>({ index, voting, as: 'voted', k: 4, threads: 1 }),
  ).first();
  using searcher = new SparseSearcher({ index, voting });
  t.same(voted.voted, searcher.search(batch, 4));
  t.ok(
    voted.voted.ids.every((id, i) => id !== Math.floor(i / 4) % 7),
    'excluded labels get no votes',
  );
});

test('a missing index is told at the first batch', async (t) => {
  const missing = searchSparse({ index: join(folder, 'none'), threads: 1 });
  await t.rejects(pipeline([{ features: randomRows(1, COLUMNS, 3) }], missing).drain(), {
    message: /search-sparse failed at item 1: .*none\.json/,
  });
});
