/** Values that readers have been wrong about: at the ends of ranges, and of every length. */
import fc from 'fast-check';

/** Numbers of so many bits: mostly small ids, some at the ends of the range. */
export function integers({ bits, signed }: { bits: number; signed: boolean }): fc.Arbitrary<bigint> {
  const most = 2n ** BigInt(signed ? bits - 1 : bits) - 1n;
  const least = signed ? -most - 1n : 0n;
  const ids = fc.bigInt(0n, most < 2n ** 31n - 1n ? most : 2n ** 31n - 1n);
  return fc.oneof(
    { weight: 20, arbitrary: fc.bigInt(0n, 100n) },
    { weight: 10, arbitrary: ids },
    { weight: 1, arbitrary: fc.oneof(fc.bigInt(least, most), fc.constantFrom(least, most)) },
  );
}

/** Doubles, most of which a float32 can hold. */
export const float: fc.Arbitrary<number> = fc.oneof(
  { weight: 20, arbitrary: fc.float({ noDefaultInfinity: true, noNaN: true }) },
  { weight: 5, arbitrary: fc.double({ min: -1e38, max: 1e38, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(-0, 3.4028235677973366e38, 3.5e38, 1e300, 1e-50, Infinity, NaN) },
);

export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 10, arbitrary: fc.string({ maxLength: 8 }) },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', '\ufeffa', '\0', '日本', '😀', '"\\\n\t', '\u2028', 'x'.repeat(300)),
  },
);

const id = fc.nat(2 ** 31 - 1);

/** A value of each column type, all of which the package takes. */
export const plainRow = fc.record({
  string: text.filter((value) => !value.includes('\0')),
  key: fc.oneof(
    text.filter((value) => !value.includes('\0')),
    fc.maxSafeInteger().map(String),
  ),
  int32: id,
  'int32[]': fc.array(id, { maxLength: 5 }),
  'int32 set': fc.uniqueArray(id, { maxLength: 5 }),
  'float32[]': fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { maxLength: 5 }),
  'string[]': fc.array(
    text.filter((value) => !value.includes('\0')),
    { maxLength: 5 },
  ),
});
