import { test } from 'tap';
import { batchOf } from '../../src/stages/sampling.js';

void test('a mini-batch is as large as asked for, or has all texts', (t) => {
  t.same(
    [batchOf(8, 100), batchOf(8, 7), batchOf(1024, 1), batchOf(64, 0)],
    [8, 7, 1, 1],
    'and one place if there are none',
  );
  t.end();
});
