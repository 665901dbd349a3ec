import { join } from 'node:path';
import { test } from 'tap';
import { writeRows } from '../../operators/write-rows.js';
import { pipeline } from '../../src/index.js';
import { Matrix } from '../../src/formats/npy.js';
import { contract } from '../contract.js';
import { refusal } from '../refusal.js';

const rows = (values: Float32Array): Float32Array => values;

test('write-rows keeps the contract', async (t) => {
  const path = join(t.testdir(), 'x.npy');
  await contract(t, {
    make: () => writeRows({ path, dim: 2, rows }),
    input: (i) => Float32Array.of(i, i),
    ahead: 1,
    bad: { item: Float32Array.of(1, 2, 3), message: /x.npy: expected rows of 2 values, got 3 values/ },
  });
});

test('the matrix contains the rows of all batches, in order', async (t) => {
  const path = join(t.testdir(), 'x.npy');
  const batches = [Float32Array.of(1, 2, 3, 4), new Float32Array(), Float32Array.of(5, 6)];
  t.equal(await pipeline(batches, writeRows({ path, dim: 2, rows })).drain(), 3);
  using matrix = Matrix.open(path, 'float32');
  t.same([matrix.rows, matrix.cols], [3, 2]);
  t.same(matrix.read(0, 3), Float32Array.of(1, 2, 3, 4, 5, 6));
});

test('a file whose input did not end normally has no rows', async (t) => {
  const path = join(t.testdir(), 'x.npy');
  const results = pipeline([Float32Array.of(1), Float32Array.of(2)], writeRows({ path, dim: 1, rows })).run();
  await results.next();
  await results.return(undefined);
  using matrix = Matrix.open(path, 'float32');
  t.equal(matrix.rows, 0);
});

test('options and path are checked', async (t) => {
  t.throws(() => writeRows({ path: 'x', dim: 0, rows }), /dim: expected at least 1, got 0/);
  const path = join(t.testdir(), 'missing', 'x.npy');
  const write = pipeline([Float32Array.of(1)], writeRows({ path, dim: 1, rows }));
  t.match(await refusal(t, write.drain()), /missing\/x.npy: cannot be opened \(ENOENT\)/);
});
