import fc from 'fast-check';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { Matrix } from '../../src/formats/npy.js';

/** A matrix whose values encode their row and column. */
function numbered(t: Test, { rows, cols }: { rows: number; cols: number }): Matrix<'int32'> {
  const matrix = Matrix.create(join(t.testdir(), 'x.npy'), { dtype: 'int32', cols });
  matrix.append(Int32Array.from({ length: rows * cols }, (_x, i) => i));
  matrix.finish();
  t.teardown(() => {
    matrix[Symbol.dispose]();
  });
  return matrix;
}

/** The same rows with one read each. */
function plainly(matrix: Matrix<'int32'>, ranges: readonly (readonly [number, number])[]): Int32Array {
  const parts = ranges.map(([begin, count]) => matrix.read(begin, count));
  const values = new Int32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return values;
}

/** Much faster than a deep comparison. */
const equal = (a: Int32Array, b: Int32Array): boolean => Buffer.from(a.buffer).equals(Buffer.from(b.buffer));

// From rows of 4 bytes, thousands of which share a read, to rows longer than one read.
for (const { rows, cols } of [
  { rows: 300_000, cols: 1 },
  { rows: 5_000, cols: 96 },
  { rows: 300, cols: 5_000 },
  { rows: 20, cols: 70_000 },
])
  test(`rows gathered from ${rows} × ${cols} equal those read one by one`, async (t) => {
    const matrix = numbered(t, { rows, cols });
    const begin = fc.oneof(
      fc.nat(rows - 1),
      fc.nat(Math.min(rows - 1, 50)), // many that are equal or near
      fc.constantFrom(0, rows - 1),
    );
    const range = fc.tuple(begin, fc.oneof(fc.nat(5), fc.constant(0), fc.constant(20)));
    const ranges = fc
      .array(range, { maxLength: 40 })
      .map((all) => all.map(([at, count]) => [at, Math.min(count, rows - at)] as const));
    const property = fc.property(ranges, (all) => {
      const [begins, counts] = [all.map(([at]) => at), all.map(([, count]) => count)];
      const single = begins.map((at) => [at, 1] as const);
      return (
        equal(matrix.gatherRanges(begins, counts), plainly(matrix, all)) &&
        equal(matrix.gather(begins), plainly(matrix, single))
      );
    });
    t.doesNotThrow(() => {
      fc.assert(property, { seed: 11, numRuns: cols > 1000 ? 15 : 200 });
    });
  });

test('rows are gathered into the start of a given array', async (t) => {
  const matrix = numbered(t, { rows: 100, cols: 2 });
  const into = new Int32Array(6).fill(-1);
  t.equal(matrix.gather([50, 3], into), into);
  t.same([...into], [100, 101, 6, 7, -1, -1]);
  t.same([...matrix.gather([])], []);
});

test('scattered rows are read back where they were written', async (t) => {
  const matrix = numbered(t, { rows: 200, cols: 3 });
  const expected = Int32Array.from({ length: 600 }, (_x, i) => i);
  const property = fc.property(fc.uniqueArray(fc.nat(199), { maxLength: 30 }), fc.nat(), (ids, seed) => {
    const values = Int32Array.from({ length: 3 * ids.length }, (_x, i) => seed + i);
    matrix.scatter(ids, values);
    ids.forEach((id, i) => {
      expected.set(values.subarray(3 * i, 3 * i + 3), 3 * id);
    });
    return equal(matrix.read(0, 200), expected) && equal(matrix.gather(ids), values);
  });
  t.doesNotThrow(() => {
    fc.assert(property, { seed: 13, numRuns: 100 });
  });
});

test('rows outside the matrix are refused, and so are parts of rows', async (t) => {
  const matrix = numbered(t, { rows: 10, cols: 2 });
  t.throws(() => matrix.gather([9, 10]), { name: 'RangeError', message: /rows 10..11 are not within 0..10/ });
  t.throws(() => matrix.gatherRanges([8], [3]), /rows 8..11 are not within 0..10/);
  t.throws(() => matrix.gatherRanges([8], [-3]), /rows 8..5 are not within 0..10/);
  t.throws(() => matrix.gather([NaN]), RangeError);
  t.throws(() => {
    matrix.scatter([-1], Int32Array.of(1, 2));
  }, RangeError);
  t.throws(() => {
    matrix.write(9, new Int32Array(4));
  }, RangeError);
  t.throws(() => {
    matrix.append(Int32Array.of(1, 2, 3));
  }, /expected rows of 2 values, got 3 values/);
  t.equal(matrix.rows, 10);
});
