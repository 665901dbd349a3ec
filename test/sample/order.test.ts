import { join } from 'node:path';
import { test } from 'tap';
import { Matrix, writeColumn } from '../../src/formats/npy.js';
import { batches } from '../../src/sample/order.js';

test('an epoch visits every text once, cluster by cluster', async (t) => {
  const path = join(t.testdir(), 'texts.npy');
  writeColumn(path, [Int32Array.of(10, 13, 11, 14, 12, 15)]);
  using texts = Matrix.open(path, 'int32');
  const rowsOf = (clusters: number, size: number, seed = 1) =>
    [...batches(texts, { epoch: 0, clusters, size, seed })].map(({ rows }) => [...rows]);
  for (const seed of [1, 2, 3]) {
    const order = rowsOf(3, 2, seed).flat();
    t.same(order.slice().sort(), [10, 11, 12, 13, 14, 15]);
    for (let i = 0; i < 6; i += 2)
      t.equal(order[i + 1]! - order[i]!, 3, 'the rows of a cluster are neighbours');
    t.same(rowsOf(3, 3, seed).flat(), order, 'a mini-batch can end within a cluster');
  }
  t.equal(rowsOf(3, 4).length, 1, 'the rest is dropped');
  const random = [1, 2, 3, 4].map((seed) => rowsOf(6, 6, seed)[0]!);
  t.ok(new Set(random.map(String)).size > 1, 'clusters of one are a random order');
});
