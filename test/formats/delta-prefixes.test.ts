import fc from 'fast-check';
import { test } from 'tap';
import { checkPrefixes } from '../../src/formats/delta-prefixes.js';
import { delta } from '../fuzz/parquet/encodings.js';

const check =
  (bytes: Buffer, { count, most }: { count: number; most: number }) =>
  () => {
    checkPrefixes({ view: new DataView(Uint8Array.from(bytes).buffer), offset: 0 }, { count, most });
  };

test('lengths of at most so many bytes in all are accepted, one byte more is refused', async (t) => {
  const lengths = fc.array(fc.nat(100_000), { minLength: 1, maxLength: 300 });
  const property = fc.property(lengths, (all) => {
    const bytes = delta(all.map(BigInt), 32);
    const sum = all.reduce((a, b) => a + b);
    check(bytes, { count: all.length, most: sum })();
    const last = all.findLast((length) => length > 0) ?? 0;
    if (sum > 0)
      t.throws(check(bytes, { count: all.length, most: sum - 1 }), {
        name: 'RangeError',
        message: `a page with a text that shares ${last} bytes with the one before`,
      });
  });
  fc.assert(property, { seed: 5, numRuns: 200 });
});

test('lengths that are negative or cannot be are refused', async (t) => {
  const refused = (values: bigint[], message: RegExp, damage = (bytes: Buffer) => bytes) =>
    t.throws(check(damage(delta(values, 32)), { count: values.length, most: 2 ** 28 }), message);
  refused([0n, -5n], /shares -5 bytes/);
  refused([0n, 4_000_000_000n], /shares -294967296 bytes/);
  refused([0n, 1n], /a block of 128 lengths in 0 parts/, (bytes) => (bytes.writeUInt8(0, 2), bytes));
  refused([0n, 1n, 1n], /lengths of 77 bits/, (bytes) => (bytes.writeUInt8(77, 6), bytes));
  refused([0n, 1n, 1n], /Offset is outside/, (bytes) => bytes.subarray(0, 6));
});
