import { join } from 'node:path';
import { test } from 'tap';
import { Random } from '../../src/random.js';
import { openSparse } from '../../src/sparse/held.js';
import { joinedRows, sparseRow } from '../../src/sparse/rows.js';
import { StackedRows } from '../../src/sparse/stacked.js';
import { randomRows, writeRows } from './random-rows.js';

void test('two sources are one, in any order of rows, from memory and from disk', (t) => {
  const dir = t.testdir();
  const parts = [randomRows(40, 30, 1), randomRows(25, 30, 2)] as const;
  const bases = parts.map((rows, i) => writeRows(join(dir, `part-${i}`), rows)) as [string, string];
  const all = joinedRows(parts);
  const ids = new Random(3).shuffle(Int32Array.from({ length: 65 }, (_x, i) => i)).subarray(0, 50);
  for (const memory of [0, undefined]) {
    const [first, second] = bases.map((base) =>
      openSparse(base, { ...(memory !== undefined && { memory }) }),
    );
    using stacked = new StackedRows(first!, second!);
    t.equal(stacked.rows, 65);
    const found = stacked.gather(ids);
    ids.forEach((id, i) => {
      t.same(sparseRow(found, i), sparseRow(all, id), `row ${id}`);
    });
    t.same(
      stacked.lengths(ids),
      ids.map((id) => sparseRow(all, id).columns.length),
    );
  }
  t.end();
});
