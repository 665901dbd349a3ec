import { join } from 'node:path';
import { test } from 'tap';
import { startOf } from '../../src/cluster/node.js';
import { countTail, writeAuxiliaryRows, writeTail } from '../../src/stages/auxiliary-map.js';
import { Random } from '../../src/random.js';
import { Matrix, writeColumn } from '../../src/formats/npy.js';

function readColumn(path: string): number[] {
  using file = Matrix.open(path, 'int32');
  return [...file.read(0, file.rows)];
}

test('head labels have rows of their own, tail labels those of their clusters', (t) => {
  const dir = t.testdir();
  const [frequency, tail, members, rows] = ['frequency', 'tail', 'members', 'rows'].map((name) =>
    join(dir, `${name}.npy`),
  ) as [string, string, string, string];
  const random = new Random(5);
  const counts = Int32Array.from({ length: 100 }, () => random.below(6));
  writeColumn(frequency, [counts]);

  const minCount = 4;
  const heads = writeTail(tail, { frequency, minCount });
  const expected = [...counts.keys()].filter((label) => counts[label]! < minCount);
  t.same(readColumn(tail), expected);
  t.equal(heads, 100 - expected.length);
  t.equal(countTail(counts, minCount), expected.length);

  const clusters = 9;
  const order = random.shuffle(Int32Array.from(expected));
  writeColumn(members, [order]);
  const plain = new Array<number>(100);
  [...counts.keys()].filter((label) => counts[label]! >= minCount).forEach((label, i) => (plain[label] = i));
  for (let cluster = 0; cluster < clusters; cluster++) {
    const [begin, end] = [cluster, cluster + 1].map((c) => startOf({ rows: order.length, clusters }, c));
    for (const label of order.subarray(begin, end)) plain[label] = heads + cluster;
  }
  for (const part of [7, 50, 100, 1000]) {
    writeAuxiliaryRows(rows, { frequency, minCount, members, clusters, part });
    t.same(readColumn(rows), plain, `${part} labels at a time`);
  }
  t.end();
});
