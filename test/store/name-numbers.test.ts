import { test } from 'tap';
import { Random } from '../../src/random.js';
import { NameNumbers } from '../../src/store/name-numbers.js';

/** Names, counts and the names of all entries. */
function numbered(scratch: string, batches: readonly string[][], most?: number) {
  using numbers = new NameNumbers({ scratch, ...(most !== undefined && { most }) });
  const entries = batches.flatMap((batch) => [...numbers.add(batch)]);
  using done = numbers.finish();
  const all = done.names.gather(Int32Array.from({ length: done.names.rows }, (_x, i) => i));
  return {
    names: all,
    counts: [...done.counts.read(0, done.counts.rows)],
    numbers: [...done.numbers.gather(entries)],
  };
}

test('distinct names are numbered in ascending order', async (t) => {
  t.same(numbered(t.testdir(), [['pear', 'fig'], [], ['apple', 'fig', '']]), {
    names: ['', 'apple', 'fig', 'pear'],
    counts: [1, 1, 2, 1],
    numbers: [3, 2, 1, 2, 0],
  });
  t.same(numbered(t.testdir(), []), { names: [], counts: [], numbers: [] });
});

test('with few names in memory the result is the same, over many runs and blocks', async (t) => {
  const random = new Random(3);
  const batches = Array.from({ length: 200 }, () =>
    Array.from({ length: 200 }, () => `日${random.below(30_000).toString(36)}`),
  );
  const expected = [...new Set(batches.flat())].sort();
  const root = t.testdir({ all: {}, few: {} });
  const all = numbered(`${root}/all`, batches);
  t.same(all.names, expected);
  t.same(
    all.numbers.map((number) => expected[number]),
    batches.flat(),
  );
  t.equal(
    all.counts.reduce((sum, count) => sum + count),
    40_000,
  );
  t.same(numbered(`${root}/few`, batches, 999), all);
});
