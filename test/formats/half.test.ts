import fc from 'fast-check';
import { join } from 'node:path';
import { test } from 'tap';
import { fromFloat16, toFloat16 } from '../../src/formats/half.js';
import { Matrix } from '../../src/formats/npy.js';

const all = fromFloat16(Uint16Array.from({ length: 1 << 16 }, (_x, bits) => bits));

const rounded = (value: number): number => toFloat16(Float32Array.of(value))[0]!;

test('every 16-bit float survives a round trip', (t) => {
  const back = toFloat16(all);
  const changed = [...back.keys()].filter((bits) => back[bits] !== bits && !Number.isNaN(all[bits]!));
  t.same(changed, []);
  t.ok(Number.isNaN(all[rounded(NaN)]!));
  t.end();
});

test('other numbers are rounded to nearest, ties to even', (t) => {
  const finite = [...all.keys()].filter((bits) => bits < 0x7c00);
  fc.assert(
    fc.property(
      fc.constantFrom(...finite.slice(0, -1)),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (low, part) => {
        const [a, b] = [all[low]!, all[low + 1]!];
        const value = Math.fround(a + part * (b - a));
        const nearest = value - a < b - value || (value - a === b - value && low % 2 === 0) ? low : low + 1;
        return rounded(value) === nearest && rounded(-value) === (nearest | 0x8000);
      },
    ),
    {
      numRuns: 2000,
      examples: [
        [0, 0.5],
        [1, 0.5],
        [0x3ff, 0.5],
        [0x400, 0.5],
        [0x401, 0.5],
      ],
    },
  );
  t.equal(rounded(65_519), 0x7bff);
  t.equal(rounded(65_520), 0x7c00, 'too large');
  t.equal(rounded(-1e30), 0xfc00);
  t.end();
});

test('a matrix in half precision is read as float32, in half the bytes', (t) => {
  const path = join(t.testdir(), 'x.npy');
  const values = Float32Array.from({ length: 40 }, (_x, i) => Math.sin(i));
  const expected = fromFloat16(toFloat16(values));
  {
    using matrix = Matrix.create(path, { dtype: 'float32', cols: 4, half: true });
    matrix.append(values.subarray(0, 20));
    matrix.append(values.subarray(20));
    matrix.scatter([9, 2], values.subarray(0, 8));
    matrix.write(2, values.subarray(8, 12));
    matrix.write(9, values.subarray(36));
    matrix.finish();
  }
  using matrix = Matrix.open(path, 'float32');
  t.equal(matrix.half, true);
  t.same(matrix.read(0, 10), expected);
  t.same(matrix.gather([7, 3]), Float32Array.of(...expected.subarray(28, 32), ...expected.subarray(12, 16)));
  t.throws(() => Matrix.open(path, 'int32'), {
    name: 'InputError',
    message: /expected <i4 in C order, got .*<f2/,
  });
  t.end();
});
