import t from 'tap';
import { Random } from '../../src/random.js';
import { TermCounts } from '../../src/sparse/term-counts.js';

void t.test('terms are counted as a map does, also after clearing', async (t) => {
  const random = new Random(1);
  const counts = new TermCounts();
  for (const additions of [30_000, 5, 300, 0, 3000]) {
    const plain = new Map<number, number>();
    for (let i = 0; i < additions; i++) {
      // Many share their low bits, so that they are in each other's way.
      const term = Math.floor((random.next() - 0.5) * 2 ** 20) << 12;
      counts.add(term, 1 + (i % 3));
      plain.set(term, (plain.get(term) ?? 0) + 1 + (i % 3));
    }
    t.same([...counts.terms], [...plain.keys()]);
    t.same([...counts.counts], [...plain.values()]);
    t.same(counts.size, plain.size);
    t.equal(counts.countOf(1), 0);
    counts.clear();
    t.equal(counts.size, 0);
  }
});
