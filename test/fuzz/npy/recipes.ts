/** Matrices as NumPy writes them, of types and shapes that are taken and of others, and as the package writes them. */
import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { Matrix } from '../../../src/formats/npy.js';
import type { Recipe } from '../format.js';

const byNumpy: fc.Arbitrary<Recipe> = fc
  .record({
    descr: fc.constantFrom('<f4', '<f2', '<i4', '<i8', '|u1', '>f4', '<f8', '|b1', '<u4', '|S3'),
    fortran: fc.oneof(
      { weight: 9, arbitrary: fc.constant('False') },
      { weight: 1, arbitrary: fc.constant('True') },
    ),
    shape: fc.oneof(
      { weight: 9, arbitrary: fc.array(fc.nat(6), { minLength: 1, maxLength: 2 }) },
      { weight: 1, arbitrary: fc.array(fc.nat(3), { maxLength: 3 }) },
    ),
    align: fc.constantFrom(16, 64),
    filling: fc.uint8Array({ minLength: 1, maxLength: 64 }),
    more: fc.constantFrom(0, 0, 5),
  })
  .map(({ descr, fortran, shape, align, filling, more }) => ({
    what: `${descr} (${shape.join()}), Fortran order: ${fortran}`,
    make: async (path) => {
      const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
      const literal = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${tuple}, }`;
      const length = Math.ceil((10 + literal.length + 1) / align) * align - 10;
      const head = Buffer.from(`\x93NUMPY\x01\x00\0\0${literal.padEnd(length - 1)}\n`, 'latin1');
      head.writeUInt16LE(length, 8);
      const size = Number(/\d+/.exec(descr)![0]) * shape.reduce((product, n) => product * n, 1);
      writeFileSync(path, Buffer.concat([head, Buffer.alloc(size + more, filling)]));
    },
  }));

const byPackage: fc.Arbitrary<Recipe> = fc
  .record({
    rows: fc.nat(9),
    cols: fc.integer({ min: 1, max: 5 }),
    half: fc.boolean(),
    values: fc.array(fc.float(), { minLength: 45, maxLength: 45 }),
  })
  .map(({ rows, cols, half, values }) => ({
    what: `by the package: ${rows} × ${cols}${half ? ' of half precision' : ''}`,
    make: async (path) => {
      using matrix = Matrix.create(path, { dtype: 'float32', cols, half });
      matrix.append(Float32Array.from(values.slice(0, rows * cols)));
      matrix.finish();
    },
  }));

export const npyRecipes = fc.oneof({ weight: 4, arbitrary: byNumpy }, { weight: 1, arbitrary: byPackage });
