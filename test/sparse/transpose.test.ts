import t from 'tap';
import { join } from 'node:path';
import { Postings } from '../../src/sparse/postings.js';
import { transpose } from '../../src/sparse/transpose.js';
import { randomRows, writeRows } from './random-rows.js';

void t.test('each column lists its rows, ascending, in whatever number of passes', async (t) => {
  const dir = t.testdir();
  const { offsets, columns, values } = randomRows(5000, 40, 1);
  const rows = writeRows(join(dir, 'rows'), { offsets, columns, values });
  for (const most of [1, 2000, 1 << 20]) {
    let passed = 0;
    const into = join(dir, `into-${most}`);
    await transpose({ rows, into, columns: 41, most, onRows: (count) => (passed += count) });
    t.equal(passed % 5000, 0);
    using postings = new Postings(into);
    t.same([postings.rows, postings.columns], [5000, 41]);
    const { begins, lengths, most: largest } = postings.boundsOf(Int32Array.from({ length: 41 }, (_x, i) => i)); // prettier-ignore
    t.equal(lengths[40], 0);
    for (let column = 0; column < 41; column++) {
      const expected: [number, number][] = [];
      for (let row = 0; row < 5000; row++)
        for (let i = offsets[row]!; i < offsets[row + 1]!; i++)
          if (columns[i] === column) expected.push([row, values[i]!]);
      const list = postings.list(column, begins[column]!, lengths[column]!);
      t.same([...list.rows], expected.map(([row]) => row)); // prettier-ignore
      t.same([...list.values], expected.map(([, value]) => value)); // prettier-ignore
      t.equal(largest[column], Math.max(0, ...list.values));
    }
  }
});

void t.test('columns outside the index and values that are not above 0 are refused', async (t) => {
  const dir = t.testdir();
  const row = (column: number, value: number) => ({ offsets: Int32Array.of(0, 1), columns: Int32Array.of(column), values: Float32Array.of(value) }); // prettier-ignore
  const into = join(dir, 'into');
  const outside = transpose({ rows: writeRows(join(dir, 'a'), row(3, 1)), into, columns: 3 });
  await t.rejects(outside, { code: 'ERR_INPUT', message: /a: expected columns below 3, got 3/ });
  const zero = transpose({ rows: writeRows(join(dir, 'b'), row(0, 0)), into, columns: 3 });
  await t.rejects(zero, { code: 'ERR_INPUT', message: /b: expected values above 0, got 0/ });
});
