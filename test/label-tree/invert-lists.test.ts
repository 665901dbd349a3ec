import { join } from 'node:path';
import { test } from 'tap';
import { listAt, toLists } from '../../src/formats/lists.js';
import { writeColumn } from '../../src/formats/npy.js';
import { invertLists } from '../../src/label-tree/invert-lists.js';
import { RaggedReader, RaggedWriter } from '../../src/store/ragged.js';

void test('the texts of each key are listed, of the rows that count, however few values fit in memory', (t) => {
  const dir = t.testdir();
  const [lists, rows] = [join(dir, 'lists'), join(dir, 'rows.npy')];
  {
    using writer = new RaggedWriter(lists);
    writer.append(toLists([[0, 2], [1], [], [2, 0, 3], [0]]));
    writer.finish();
  }
  writeColumn(rows, [Int32Array.of(0, 2, 3, 4)]);
  const keyOf = Int32Array.of(1, 2, 0, -1);
  for (const most of [1, 3, 100]) {
    const into = join(dir, `into-${most}`);
    invertLists({ lists, rows, keyOf, keys: 3, last: (key) => 100 + key, into, most });
    using reader = new RaggedReader(into);
    const inverted = reader.read(0, reader.rows);
    t.same(
      [0, 1, 2].map((key) => [...listAt(inverted, key)]),
      [[0, 3, 100], [0, 3, 4, 101], [102]],
    );
    t.equal(reader.sizeOf(1, 2), 5);
  }
  t.end();
});
