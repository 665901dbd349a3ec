import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import {
  clusterAssign,
  type ClusterAssignOptions,
  type ClusterRequest,
} from '../../operators/cluster-assign.js';
import { splitAll } from '../../src/cluster/balanced.js';
import { startOf } from '../../src/cluster/node.js';
import { pipeline } from '../../src/index.js';
import { Random } from '../../src/random.js';
import { Matrix, writeColumn } from '../../src/formats/npy.js';
import { contract } from '../contract.js';

function unitVectors(path: string, rows: number, cols: number): Float32Array {
  const random = new Random(1);
  const values = Float32Array.from({ length: rows * cols }, () => random.next() + random.next() - 1);
  for (let r = 0; r < rows; r++) {
    const row = values.subarray(r * cols, (r + 1) * cols);
    const length = Math.hypot(...row);
    row.forEach((x, i) => (row[i] = x / length));
  }
  using store = Matrix.create(path, { dtype: 'float32', cols });
  store.append(values);
  store.finish();
  return values;
}

/** The rows in the order of their clusters. */
async function membersOf(
  request: Omit<ClusterRequest, 'members' | 'seed'>,
  options: ClusterAssignOptions = {},
): Promise<Int32Array> {
  const members = `${request.vectors}.members.npy`;
  const { rows } = await pipeline([{ ...request, seed: 7, members }], clusterAssign(options)).first();
  using file = Matrix.open(members, 'int32');
  return file.read(0, rows);
}

/** The cluster of each row. */
async function assign(
  vectors: string,
  clusters: number,
  options: ClusterAssignOptions = {},
): Promise<Int32Array> {
  const members = await membersOf({ vectors, clusters }, options);
  const assignment = new Int32Array(members.length);
  for (let cluster = 0; cluster < clusters; cluster++) {
    const [begin, end] = [cluster, cluster + 1].map((c) => startOf({ rows: members.length, clusters }, c));
    for (const row of members.subarray(begin, end)) assignment[row] = cluster;
  }
  return assignment;
}

const sizes = (assignment: Int32Array, clusters: number): number[] => {
  const counts = new Array<number>(clusters).fill(0);
  for (const cluster of assignment) counts[cluster]!++;
  return counts;
};

const equal = (a: Int32Array, b: Int32Array): boolean => Buffer.from(a.buffer).equals(Buffer.from(b.buffer));

/** Mean cosine of the rows to the centroid of their cluster. */
function cohesion(values: Float32Array, cols: number, assignment: Int32Array, clusters: number): number {
  const sums = Array.from({ length: clusters }, () => new Float64Array(cols));
  assignment.forEach((cluster, row) => {
    for (let d = 0; d < cols; d++) sums[cluster]![d]! += values[row * cols + d]!;
  });
  return sums.reduce((total, sum) => total + Math.hypot(...sum), 0) / assignment.length;
}

test('cluster-assign keeps the contract', async (t) => {
  const vectors = join(t.testdir(), 'x.npy');
  const members = join(t.testdir(), 'members.npy');
  unitVectors(vectors, 50, 8);
  await contract(t, {
    make: () => clusterAssign({ threads: 1 }),
    input: (seed) => ({ vectors, clusters: 4, seed, members }),
    ahead: 1,
    bad: {
      item: { vectors, clusters: 51, seed: 0, members },
      message: /clusters: expected 1..50 \(.*x.npy\), got 51/,
    },
  });
});

test('cluster sizes differ by at most one, for any number of clusters', async (t) => {
  const vectors = join(t.testdir(), 'x.npy');
  unitVectors(vectors, 1000, 8);
  for (const clusters of [1, 2, 3, 7, 64, 333, 999, 1000]) {
    const counts = sizes(await assign(vectors, clusters), clusters);
    t.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${clusters} clusters`);
  }
});

test('rows that do not fit in memory get the same clusters as in memory', async (t) => {
  const dir = t.testdir();
  const vectors = join(dir, 'x.npy');
  const dim = 16;
  const rows = unitVectors(vectors, 20_000, dim); // more than a direction is fitted to
  rows.fill(0, 0, 900 * dim); // many equal rows
  {
    using store = Matrix.open(vectors, 'float32', { writable: true });
    store.write(0, rows.subarray(0, 900 * dim));
  }
  const clusters = 500;
  const plain = Int32Array.from({ length: 20_000 }, (_x, i) => i);
  splitAll({ rows, dim }, plain, { first: 0, clusters }, { rows: 20_000, clusters, seed: 7 });
  for (const limit of [64, 3000, 15_000, 20_000])
    for (const threads of [1, 2]) {
      const memory = limit * 4 * dim * threads;
      const found = await membersOf({ vectors, clusters }, { threads, memory });
      t.ok(equal(found, plain), `${limit} rows in memory, ${threads} threads`);
    }
  t.same(readdirSync(dir).sort(), ['x.npy', 'x.npy.members.npy'], 'nothing else is left');
});

test('a clustering that is cancelled leaves nothing', async (t) => {
  const dir = t.testdir();
  const vectors = join(dir, 'x.npy');
  unitVectors(vectors, 40_000, 8);
  const controller = new AbortController();
  const clustering = pipeline(
    [{ vectors, clusters: 100, seed: 7, members: join(dir, 'members.npy') }],
    clusterAssign({ memory: 40_000 }),
  ).drain({
    signal: controller.signal,
    onProgress: () => {
      controller.abort(new Error('enough'));
    },
  });
  await t.rejects(clustering, /enough/);
  t.same(readdirSync(dir), ['x.npy']);
});

test('clusters contain similar rows', async (t) => {
  const vectors = join(t.testdir(), 'x.npy');
  const values = unitVectors(vectors, 2000, 8);
  const found = cohesion(values, 8, await assign(vectors, 64), 64);
  const shuffled = new Random(3).shuffle(Int32Array.from({ length: 2000 }, (_x, i) => i % 64));
  t.ok(found > 3 * cohesion(values, 8, shuffled, 64), `cohesion ${found}`);
});

test('a subset of the rows can be clustered', async (t) => {
  const dir = t.testdir();
  const [vectors, ids] = [join(dir, 'x.npy'), join(dir, 'ids.npy')];
  unitVectors(vectors, 100, 8);
  const own = Int32Array.of(3, 10, 20, 50, 99);
  writeColumn(ids, [own]);
  const whole = await membersOf({ vectors, ids, clusters: 2 }, { threads: 1 });
  t.same(
    [...whole].sort((a, b) => a - b),
    [...own],
  );
  t.same(await membersOf({ vectors, ids, clusters: 2 }, { threads: 2 }), whole, 'split on disk');
});
