import fc from 'fast-check';
import { test } from 'tap';
import { ascending } from '../../src/formats/byte-ranges.js';

test('places in ascending order are those of a stable sort by comparison', async (t) => {
  const values = fc.oneof(
    fc.array(fc.nat(20), { maxLength: 60 }),
    fc.array(fc.maxSafeNat(), { maxLength: 60 }), // too large to sort as numbers with their places
    fc.array(fc.nat(2 ** 31), { maxLength: 60 }),
  );
  const property = fc.property(values, (all) => {
    const plain = all.map((_value, i) => i).sort((a, b) => all[a]! - all[b]!);
    return plain.join() === [...ascending(all)].join();
  });
  t.doesNotThrow(() => {
    fc.assert(property, { seed: 5, numRuns: 500 });
  });
});
