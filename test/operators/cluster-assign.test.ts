import { join } from 'node:path';
import { test } from 'tap';
import { clusterAssign } from '../../operators/cluster-assign.js';
import { pipeline } from '../../src/index.js';
import { Random } from '../../src/random.js';
import { Matrix } from '../../src/store/npy.js';
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

async function assign(vectors: string, clusters: number, options = {}): Promise<Int32Array> {
  return (await pipeline([{ vectors, clusters, seed: 7 }], clusterAssign(options)).first()).assignment;
}

const sizes = (assignment: Int32Array, clusters: number): number[] => {
  const counts = new Array<number>(clusters).fill(0);
  for (const cluster of assignment) counts[cluster]!++;
  return counts;
};

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
  unitVectors(vectors, 50, 8);
  await contract(t, {
    make: () => clusterAssign({ threads: 1 }),
    input: (seed) => ({ vectors, clusters: 4, seed }),
    ahead: 1,
    bad: {
      item: { vectors, clusters: 51, seed: 0 },
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

test('memory and threads do not change the clusters', async (t) => {
  const vectors = join(t.testdir(), 'x.npy');
  unitVectors(vectors, 3000, 16);
  const whole = await assign(vectors, 100, { threads: 1 });
  t.same(await assign(vectors, 100, { threads: 2, memory: 16 * 4 * 200 }), whole);
});

test('clusters hold rows that are alike', async (t) => {
  const vectors = join(t.testdir(), 'x.npy');
  const values = unitVectors(vectors, 2000, 8);
  const found = cohesion(values, 8, await assign(vectors, 64), 64);
  const shuffled = new Random(3).shuffle(Int32Array.from({ length: 2000 }, (_x, i) => i % 64));
  t.ok(found > 3 * cohesion(values, 8, shuffled, 64), `cohesion ${found}`);
});

test('a part of the rows can be clustered', async (t) => {
  const vectors = join(t.testdir(), 'x.npy');
  unitVectors(vectors, 100, 8);
  const ids = Int32Array.of(3, 10, 20, 99);
  const { assignment } = await pipeline([{ vectors, ids, clusters: 2, seed: 1 }], clusterAssign()).first();
  t.same(sizes(assignment, 2), [2, 2]);
});
