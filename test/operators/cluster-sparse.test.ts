import { join } from 'node:path';
import { test } from 'tap';
import { clusterSparse, type ClusterSparseRequest } from '../../operators/cluster-sparse.js';
import { startOf } from '../../src/cluster/node.js';
import { pipeline } from '../../src/index.js';
import { Random } from '../../src/random.js';
import type { SparseRows } from '../../src/sparse/rows.js';
import { contract } from '../contract.js';
import { writeRows } from '../sparse/random-rows.js';

const COLUMNS = 80;

/** Rows of unit length of `topics` topics, each of which has columns of its own. */
function topical(count: number, topics: number): SparseRows {
  const random = new Random(1);
  const each = COLUMNS / topics;
  const columns = Array.from({ length: count }, (_x, row) => {
    const first = (row % topics) * each;
    return random.shuffle(Array.from({ length: each }, (_y, i) => first + i)).slice(0, 4).sort((a, b) => a - b); // prettier-ignore
  });
  return {
    offsets: Int32Array.from({ length: count + 1 }, (_x, row) => 4 * row),
    columns: Int32Array.from(columns.flat()),
    values: new Float32Array(4 * count).fill(0.5),
  };
}

const cluster = (request: ClusterSparseRequest, threads = 2): Promise<Int32Array> =>
  pipeline([request], clusterSparse({ threads })).first();

void test('rows of a topic are in one cluster, also where a split is fitted to a sample', async (t) => {
  for (const count of [64, 40_000]) {
    const rows = writeRows(join(t.testdir(), String(count)), topical(count, 2));
    const order = await cluster({ rows, columns: COLUMNS, clusters: 2, seed: 0 });
    const [left, right] = [order.subarray(0, count / 2), order.subarray(count / 2)];
    for (const half of [left, right]) t.ok(half.every((row) => row % 2 === half[0]! % 2));
  }
});

void test('each row is in one cluster, in which rows ascend, the same for any number of threads', async (t) => {
  const [count, clusters] = [40_001, 24];
  const rows = writeRows(join(t.testdir(), 'rows'), topical(count, 8));
  const request = { rows, columns: COLUMNS, clusters, seed: 0 };
  const order = await cluster(request);
  t.same(
    order.slice().sort(),
    Int32Array.from({ length: count }, (_x, i) => i),
  );
  for (let c = 0; c < clusters; c++) {
    const [begin, end] = [c, c + 1].map((at) => startOf({ rows: count, clusters }, at)) as [number, number];
    t.ok(order.subarray(begin, end).every((row, i) => i === 0 || row > order[begin + i - 1]!));
  }
  t.same(await cluster(request, 1), order);
});

void test('an operator like the others', async (t) => {
  const rows = writeRows(join(t.testdir(), 'rows'), topical(16, 2));
  const request = { rows, columns: COLUMNS, clusters: 2, seed: 0 };
  await contract(t, {
    make: () => clusterSparse({ threads: 1 }),
    input: () => request,
    ahead: 1,
    bad: { item: { ...request, clusters: 17 }, message: /expected 1\.\.16/ },
  });
});
