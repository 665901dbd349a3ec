import t from 'tap';
import { join } from 'node:path';
import { SparseReader, SparseWriter } from '../../src/sparse/store.js';

const first = {
  offsets: Int32Array.of(0, 2, 2),
  columns: Int32Array.of(1, 4),
  values: Float32Array.of(0.5, 2),
};
const second = { offsets: Int32Array.of(0, 1), columns: Int32Array.of(3), values: Float32Array.of(-1) };

void t.test('rows that were appended in blocks are read in any order', async (t) => {
  const base = join(t.testdir(), 'rows');
  {
    using writer = new SparseWriter(base);
    writer.append(first);
    writer.append(second);
    writer.finish();
  }
  using reader = new SparseReader(base);
  t.strictSame([reader.rows, reader.size], [3, 3]);
  t.strictSame(reader.gather([2, 1, 0]), {
    offsets: Int32Array.of(0, 1, 1, 3),
    columns: Int32Array.of(3, 1, 4),
    values: Float32Array.of(-1, 0.5, 2),
  });
  t.strictSame(reader.read(0, 2), first);
  t.strictSame(reader.read(2, 1), second);
});

void t.test('files of different stores are refused', async (t) => {
  const dir = t.testdir();
  for (const [name, rows] of Object.entries({ a: first, b: second })) {
    using writer = new SparseWriter(join(dir, name));
    writer.append(rows);
    writer.finish();
  }
  const { renameSync } = await import('node:fs');
  renameSync(join(dir, 'b.values.npy'), join(dir, 'a.values.npy'));
  t.throws(() => new SparseReader(join(dir, 'a')), { code: 'ERR_INPUT', message: /do not belong together/ });
});
