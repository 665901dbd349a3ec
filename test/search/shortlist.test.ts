import { join } from 'node:path';
import { test } from 'tap';
import { Random } from '../../src/random.js';
import { toLists } from '../../src/formats/lists.js';
import { Matrix } from '../../src/formats/npy.js';
import { ExactSearch } from '../../src/search/exact.js';
import { openSearcher } from '../../src/search/searcher.js';
import { Shortlist } from '../../src/search/shortlist.js';
import { ShortlistedSearch } from '../../src/search/shortlisted.js';

const [ROWS, DIM] = [3000, 32];

/** Vectors around a few centres, so that many are nearly equal; every tenth one is there twice. */
function vectors(seed: number, rows = ROWS, noise = 0.2): Float32Array {
  const random = new Random(seed);
  const centres = Float32Array.from({ length: 20 * DIM }, () => random.next() - 0.5);
  const values = Float32Array.from({ length: rows * DIM }, (_x, i) => {
    const row = Math.floor(i / DIM);
    return centres[(row % 20) * DIM + (i % DIM)]! + noise * (random.next() - 0.5);
  });
  for (let row = 10; row < rows; row += 10) values.copyWithin(row * DIM, (row - 1) * DIM, row * DIM);
  return values;
}

function store(path: string, values: Float32Array, half = false): string {
  using matrix = Matrix.create(path, { dtype: 'float32', cols: DIM, half });
  matrix.append(values);
  matrix.finish();
  return path;
}

test('few queries find by a shortlist what they find among all labels, to the bit', async (t) => {
  for (const half of [false, true]) {
    const labels = store(join(t.testdir(), 'x.npy'), vectors(1), half);
    await using exact = new ExactSearch({ labels, threads: 1 });
    await using few = new ShortlistedSearch({ labels, threads: 1 });
    const queries = vectors(2, 8);
    queries.fill(0, 3 * DIM, 4 * DIM);
    const excluded = toLists(Array.from({ length: 8 }, (_x, i) => (i % 2 ? [i, 20 + i, 40 + i] : [])));
    for (const k of [1, 20, 100]) {
      t.same(await few.search(queries, k), await exact.search(queries, k));
      t.same(await few.search(queries, k, excluded), await exact.search(queries, k, excluded));
    }
  }
});

test('a shortlist holds all that equal the last of the best, and is refused where it would be long', (t) => {
  const values = vectors(3, ROWS, 1);
  using matrix = Matrix.open(store(join(t.testdir(), 'x.npy'), values), 'float32');
  const shortlist = new Shortlist(matrix);
  const query = values.slice(500 * DIM, 501 * DIM);
  const scoreOf = (row: number) => query.reduce((sum, x, i) => sum + x * values[row * DIM + i]!, 0);
  const rows = shortlist.of(query, 30)!;
  const scores = Array.from({ length: ROWS }, (_x, row) => scoreOf(row));
  const last = [...scores].sort((a, b) => b - a)[29]!;
  t.ok(rows.length < 120 && rows.every((row, i) => i === 0 || row > rows[i - 1]!));
  t.ok(scores.every((score, row) => score < last || rows.includes(row)));
  t.equal(shortlist.of(query, ROWS), undefined, 'more than there are');
  t.end();
});

test('values without a finite bound are searched among all labels', async (t) => {
  const values = vectors(4);
  values[7] = NaN;
  values[1000] = Infinity;
  const labels = store(join(t.testdir(), 'x.npy'), values);
  await using exact = new ExactSearch({ labels, threads: 1 });
  await using few = new ShortlistedSearch({ labels, threads: 1 });
  const queries = vectors(5, 2);
  t.same(await few.search(queries, 10), await exact.search(queries, 10));
});

test('a searcher takes a shortlist if it fits in the memory that it may take', async (t) => {
  const labels = store(join(t.testdir(), 'x.npy'), vectors(6));
  for (const [memory, Kind] of [
    [ROWS * DIM, ShortlistedSearch],
    [ROWS * DIM - 1, ExactSearch],
    [undefined, ExactSearch],
  ] as const) {
    await using searcher = openSearcher({ labels, threads: 1, ...(memory && { memory }) });
    t.ok(searcher instanceof Kind);
  }
});
