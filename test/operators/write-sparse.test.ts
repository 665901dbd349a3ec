import { join } from 'node:path';
import { test } from 'tap';
import { writeSparse } from '../../operators/write-sparse.js';
import type { SparseRows } from '../../src/sparse/rows.js';
import { contract } from '../contract.js';
import { randomRows } from '../sparse/random-rows.js';

test('write-sparse keeps the contract', async (t) => {
  t.testdir({});
  await contract(t, {
    make: () => writeSparse<SparseRows>({ base: join(t.testdirName, 'rows'), rows: (rows) => rows }),
    input: (i) => randomRows(3, 5, i),
    ahead: 0,
  });
});
