import { join } from 'node:path';
import { test } from 'tap';
import { Matrix } from '../../src/formats/npy.js';
import { OffsetsWriter } from '../../src/store/offsets-writer.js';

void test('offsets go on from one batch of lengths to the next', (t) => {
  const path = join(t.testdir(), 'offsets.npy');
  {
    using writer = new OffsetsWriter(path);
    for (const lengths of [[2, 0], [], Int32Array.of(2 ** 31 - 1, 2 ** 31 - 1), [1]]) writer.append(lengths);
    writer.finish();
  }
  using offsets = Matrix.open(path, 'int64');
  t.same([...offsets.read(0, offsets.rows)].map(Number), [0, 2, 2, 2 ** 31 + 1, 2 ** 32, 2 ** 32 + 1]);
  t.end();
});
