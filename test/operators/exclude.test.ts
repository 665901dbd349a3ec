import { test } from 'tap';
import { exclude } from '../../operators/exclude.js';
import { pipeline } from '../../src/index.js';
import { toLists } from '../../src/formats/lists.js';
import { collect } from '../collect.js';
import { contract } from '../contract.js';

const LABELS = toLists([[1, 2], [], [3], [4]]);

test('exclude keeps the contract', async (t) => {
  await contract(t, {
    make: () => exclude({ labels: LABELS }),
    input: () => ({ start: 1, rows: 2 }),
    ahead: 1,
  });
});

test('each text gets the labels of its row', async (t) => {
  const batches = [
    { start: 0, rows: 3, name: 'first' },
    { start: 3, rows: 1, name: 'second' },
    { start: 4, rows: 0, name: 'none' },
  ];
  t.same(await collect(pipeline(batches, exclude({ labels: LABELS })).run()), [
    { start: 0, rows: 3, name: 'first', excluded: toLists([[1, 2], [], [3]]) },
    { start: 3, rows: 1, name: 'second', excluded: toLists([[4]]) },
    { start: 4, rows: 0, name: 'none', excluded: toLists([]) },
  ]);
});

test('without labels nothing is excluded', async (t) => {
  const [batch] = await collect(pipeline([{ start: 0, rows: 3 }], exclude({ labels: undefined })).run());
  t.same(batch, { start: 0, rows: 3, excluded: undefined });
});
