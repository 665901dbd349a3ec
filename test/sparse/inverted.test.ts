import t from 'tap';
import { join } from 'node:path';
import { toLists, type Lists } from '../../src/formats/lists.js';
import { emptyFound, type Found } from '../../src/search/found.js';
import { InvertedIndex } from '../../src/sparse/inverted.js';
import type { SparseRows } from '../../src/sparse/rows.js';
import { transpose } from '../../src/sparse/transpose.js';
import { randomRows, writeRows } from './random-rows.js';

const [ROWS, COLUMNS] = [700, 60];

/** All inner products, sorted. */
function bruteForce(rows: SparseRows, queries: SparseRows, k: number, excluded?: Lists): Found {
  const dense = (of: SparseRows, row: number): Float64Array => {
    const values = new Float64Array(COLUMNS);
    for (let i = of.offsets[row]!; i < of.offsets[row + 1]!; i++) values[of.columns[i]!] = of.values[i]!;
    return values;
  };
  const found = emptyFound(queries.offsets.length - 1, k);
  for (let query = 0; query < queries.offsets.length - 1; query++) {
    const weights = dense(queries, query);
    const hidden = excluded?.values.subarray(excluded.offsets[query], excluded.offsets[query + 1]);
    const scored = Array.from({ length: rows.offsets.length - 1 }, (_x, row) => {
      // Equal rows have equal scores, whichever the order of the sum.
      return { row, score: dense(rows, row).reduce((sum, value, i) => sum + value * weights[i]!, 0) };
    });
    const best = scored.filter(({ row, score }) => score > 0 && !hidden?.includes(row));
    best.sort((a, b) => (Math.abs(a.score - b.score) < 1e-9 ? a.row - b.row : b.score - a.score));
    best.slice(0, k).forEach(({ row, score }, rank) => {
      found.ids[query * k + rank] = row;
      found.scores[query * k + rank] = score;
    });
  }
  return found;
}

async function indexOf(folder: string, rows: SparseRows, most?: number): Promise<string> {
  const into = join(folder, `index-${most ?? 0}`);
  const base = writeRows(join(folder, 'rows'), rows);
  await transpose({ rows: base, into, columns: COLUMNS, ...(most !== undefined && { most }) });
  return into;
}

const same = (found: Found, expected: Found): boolean =>
  found.ids.every((id, i) => id === expected.ids[i]) &&
  found.scores.every(
    (score, i) => score === expected.scores[i] || Math.abs(score - expected.scores[i]!) < 1e-6,
  );

void t.test(
  'the rows found are those with the largest inner products, of equal ones the first',
  async (t) => {
    const [rows, queries] = [randomRows(ROWS, COLUMNS, 1), randomRows(50, COLUMNS, 2)];
    const base = await indexOf(t.testdir(), rows);
    for (const block of [1 << 20, 64])
      for (const k of [1, 5, 40, 1000]) {
        using index = new InvertedIndex(base, { block });
        t.ok(same(index.search(queries, k), bruteForce(rows, queries, k)), `${k} in blocks of ${block}`);
      }
  },
);

void t.test('excluded rows are not found, and others take their place', async (t) => {
  const [rows, queries] = [randomRows(ROWS, COLUMNS, 3), randomRows(20, COLUMNS, 4)];
  using index = new InvertedIndex(await indexOf(t.testdir(), rows), { block: 100 });
  const { ids, k } = index.search(queries, 5);
  const excluded = toLists(Array.from({ length: 20 }, (_x, i) => [...ids.subarray(i * k, i * k + 3)].filter((id) => id >= 0))); // prettier-ignore
  t.ok(same(index.search(queries, 5, excluded), bruteForce(rows, queries, 5, excluded)));
  t.ok(same(index.search(queries, 5), bruteForce(rows, queries, 5)), 'the next search knows nothing of it');
});

void t.test('an index built in many passes, and read with little memory, finds the same', async (t) => {
  const [rows, queries] = [randomRows(ROWS, COLUMNS, 5), randomRows(30, COLUMNS, 6)];
  const dir = t.testdir();
  using whole = new InvertedIndex(await indexOf(dir, rows));
  using passes = new InvertedIndex(await indexOf(dir, rows, 300), { memory: 4000 });
  t.same(passes.search(queries, 7), whole.search(queries, 7));
});

void t.test('an empty query and an empty index find nothing', async (t) => {
  const empty = { offsets: Int32Array.of(0, 0), columns: new Int32Array(), values: new Float32Array() };
  const dir = t.testdir({ none: {} });
  using index = new InvertedIndex(await indexOf(dir, randomRows(9, COLUMNS, 7)));
  t.same(index.search(empty, 3), emptyFound(1, 3));
  const rows = { ...empty, offsets: Int32Array.of(0) };
  using none = new InvertedIndex(await indexOf(join(dir, 'none'), rows));
  t.same(none.search(randomRows(2, COLUMNS, 8), 3), emptyFound(2, 3));
});
