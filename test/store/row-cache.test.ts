import { join } from 'node:path';
import { test } from 'tap';
import { Random } from '../../src/random.js';
import { Matrix } from '../../src/formats/npy.js';
import { RowCache } from '../../src/store/row-cache.js';

const [ROWS, COLS] = [50, 3];

for (const [name, kept] of [
  ['none but one row', 1],
  ['a few rows', 7],
  ['all rows', 1000],
] as const)
  // prettier-ignore
  test(`with ${name} in memory, rows have the values written last`, (t) => {
    using matrix = Matrix.create(join(t.testdir(), 'rows.npy'), { dtype: 'float32', cols: COLS, rows: ROWS });
    const cache = new RowCache(matrix, { memory: kept * COLS * 4 });
    const plain = new Float32Array(ROWS * COLS);
    const random = new Random(kept);
    for (let round = 0; round < 200; round++) {
      const ids = random.shuffle(Int32Array.from({ length: ROWS }, (_x, i) => i)).slice(0, random.below(20));
      const rows = cache.gather(ids);
      ids.forEach((id, i) => {
        t.same(
          [...rows.subarray(i * COLS, (i + 1) * COLS)],
          [...plain.subarray(id * COLS, (id + 1) * COLS)],
          `round ${round}, row ${id}`,
        );
      });
      const changed = rows.map(() => random.next());
      cache.scatter(ids, changed);
      ids.forEach((id, i) => {
        plain.set(changed.subarray(i * COLS, (i + 1) * COLS), id * COLS);
      });
      if (round % 50 === 49) cache.flush();
    }
    t.same([...matrix.read(0, ROWS)], [...plain], 'all on the disk after a flush');
    t.end();
  });

test('a row beyond the matrix is refused', (t) => {
  using matrix = Matrix.create(join(t.testdir(), 'rows.npy'), { dtype: 'float32', cols: COLS, rows: ROWS });
  const cache = new RowCache(matrix, { memory: 1 });
  t.throws(() => cache.gather(Int32Array.of(ROWS)), { message: /rows 50\.\.51 are not within 0\.\.50/ });
  t.end();
});
