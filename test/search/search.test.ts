import { join } from 'node:path';
import { test } from 'tap';
import { search } from '../../operators/search.js';
import { Random } from '../../src/random.js';
import { ExactSearch } from '../../src/search/exact.js';
import { rankedAt, type Found } from '../../src/search/found.js';
import { ranked } from '../../src/search/ranked.js';
import { Matrix } from '../../src/formats/npy.js';
import { toLists } from '../../src/formats/lists.js';
import { contract } from '../contract.js';

const DIM = 4;

/** Small integers: products are exact, and many are equal. */
function vectors(random: Random, rows: number): Float32Array {
  return Float32Array.from({ length: rows * DIM }, () => random.below(3) - 1);
}

function store(path: string, values: Float32Array): string {
  using matrix = Matrix.create(path, { dtype: 'float32', cols: DIM });
  matrix.append(values);
  matrix.finish();
  return path;
}

/** The plain version: sort all labels by score, then id. */
function brute(labels: Float32Array, queries: Float32Array, k: number, excluded: number[][] = []) {
  return Array.from({ length: queries.length / DIM }, (_x, q) => {
    const query = queries.subarray(q * DIM, (q + 1) * DIM);
    if (query.every((x) => x === 0)) return [];
    const score = (label: number): number =>
      query.reduce((sum, x, d) => sum + x * labels[label * DIM + d]!, 0);
    return Array.from({ length: labels.length / DIM }, (_y, label) => label)
      .filter((label) => !excluded[q]?.includes(label))
      .sort((a, b) => score(b) - score(a) || a - b)
      .slice(0, k);
  });
}

const lists = (found: Found): number[][] =>
  Array.from({ length: found.ids.length / found.k }, (_x, text) => [...rankedAt(found, text)]);

test('search keeps the contract', async (t) => {
  const labels = store(join(t.testdir(), 'x.npy'), vectors(new Random(1), 20));
  await contract(t, {
    make: () => search<{ embeddings: Float32Array }>({ labels, k: 3, threads: 1, ahead: 0 }),
    input: () => ({ embeddings: Float32Array.of(1, 0, 0, 1) }),
    ahead: 1,
    bad: { item: { embeddings: Float32Array.of(1, 2, 3) }, message: /expected queries of 4 values, got 3/ },
  });
});

test('exact search equals brute force, ties included', async (t) => {
  const random = new Random(5);
  const labels = vectors(random, 300);
  const path = store(join(t.testdir(), 'x.npy'), labels);
  await using exact = new ExactSearch({ labels: path, threads: 1, scores: 1000 }); // many blocks
  for (const count of [1, 7, 50]) {
    const queries = vectors(random, count);
    for (const k of [1, 10, 400]) {
      const found = await exact.search(queries, k);
      t.same(lists(found), brute(labels, queries, k), `${count} queries, k ${k}`);
    }
  }
});

test('excluded labels are not found', async (t) => {
  const random = new Random(6);
  const labels = vectors(random, 50);
  const path = store(join(t.testdir(), 'x.npy'), labels);
  const queries = vectors(random, 3);
  const excluded = brute(labels, queries, 3).map((best) => best.slice(0, 2));
  await using exact = new ExactSearch({ labels: path, threads: 1 });
  const found = await exact.search(queries, 5, toLists(excluded));
  t.same(lists(found), brute(labels, queries, 5, excluded));
});

test('scored labels are ranked by score, equal ones in their order', async (t) => {
  const labels = toLists([[4, 2, 9], [], [3, 1]]);
  const found = ranked(
    { labels, scores: Float32Array.of(0.5, 0.7, 0.7, 1, 2) },
    { k: 2, excluded: toLists([[2]]) },
  );
  t.same(lists(found), [[9, 4], [], [1, 3]]);
  t.equal(found.scores[5], 1);
});

test('options are checked when the operator is made', async (t) => {
  t.throws(() => search({ labels: 'x.npy', k: 0 }), /k: expected 1..1000, got 0/);
});
