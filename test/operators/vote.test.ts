import { join } from 'node:path';
import tap, { test } from 'tap';
import { vote } from '../../operators/vote.js';
import { writeLists } from '../../operators/write-lists.js';
import { toLists } from '../../src/formats/lists.js';
import { pipeline } from '../../src/index.js';
import { votes } from '../../src/search/votes.js';
import { contract } from '../contract.js';

const ROWS = 20;
const base = join(tap.testdir(), 'labels');
const labels = toLists(Array.from({ length: ROWS }, (_x, i) => [i % 7, 7 + (i % 5)]));
const written = pipeline([labels], writeLists<typeof labels>({ base, lists: (all) => all })).drain();
const voting = { voters: 2, power: 2 };

/** Two texts, with three neighbours each. */
const batch = (i: number) => ({
  nearest: {
    k: 3,
    ids: Int32Array.from([0, 1, 2, 5, 3, 4], (row) => (row + i) % ROWS),
    scores: Float32Array.of(0.9, 0.5, 0.1, 0.8, 0.8, 0.2),
  },
  own: Int32Array.of(i % ROWS, -1),
  excluded: toLists([[8], []]),
});

void test('vote keeps the contract', async (t) => {
  await written;
  const nearest = { k: 1, ids: Int32Array.of(ROWS), scores: Float32Array.of(1) };
  await contract(t, {
    make: () => vote({ labels: base, k: 4, ...voting }),
    input: batch,
    ahead: 0,
    bad: {
      item: { ...batch(0), own: Int32Array.of(-1), nearest },
      message: /vote failed at item 1: .*labels/,
    },
  });
});

void test('the neighbours of a text vote for their labels, without the text itself', async (t) => {
  await written;
  const own = batch(1);
  const { best } = await pipeline(
    [own],
    vote<typeof own, 'best'>({ labels: base, as: 'best', k: 4, ...voting }),
  ).first();
  const labelsOf = (rows: Int32Array) => toLists(Array.from(rows, (row) => [row % 7, 7 + (row % 5)]));
  t.same(best, votes({ ...own, neighbours: own.nearest, labelsOf }, { k: 4, ...voting }));
  t.notOk(best.ids.subarray(0, 4).includes(8), 'and not for excluded labels');
});
