import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { Matrix, writeColumn } from '../../src/formats/npy.js';
import { Random } from '../../src/random.js';
import { forgetOrders, orderOf } from '../../src/stages/epoch-order.js';

const ROWS = 32;

test('rows are visited at random until the curriculum has clusters, which are kept while an epoch needs them', async (t) => {
  const dir = t.testdir();
  const [rows, vectors, folder] = ['rows.npy', 'vectors.npy', 'clusters'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  writeColumn(rows, [Int32Array.from({ length: ROWS }, (_x, i) => i)]);
  {
    const random = new Random(1);
    using matrix = Matrix.create(vectors, { dtype: 'float32', cols: 2 });
    for (let row = 0; row < ROWS; row++) {
      const angle = 6 * random.next();
      matrix.append(Float32Array.of(Math.cos(angle), Math.sin(angle)));
    }
    matrix.finish();
  }
  const curriculum = { size: 4, milestones: [1, 3], refresh: 5 };
  const options = { rows, curriculum, vectors, folder, seed: 1, threads: 1 };
  t.same(await orderOf(0, options, {}), { rows });
  const first = join(folder, '1.npy');
  t.same(await orderOf(1, options, {}), { rows: first, clusters: 8 });
  t.same(await orderOf(2, options, {}), { rows: first, clusters: 8 });
  t.same(await orderOf(3, options, {}), { rows: join(folder, '3.npy'), clusters: 4 });
  forgetOrders(2, options);
  t.same(readdirSync(folder).sort(), ['1.npy', '3.npy']);
  forgetOrders(3, options);
  t.same(readdirSync(folder), ['3.npy']);
});
