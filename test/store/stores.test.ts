import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { Matrix } from '../../src/formats/npy.js';
import { RaggedReader, RaggedWriter } from '../../src/store/ragged.js';
import { toLists } from '../../src/formats/lists.js';
import { readSafetensors, writeSafetensors } from '../../src/formats/safetensors.js';

test('a matrix is written and read by row', async (t) => {
  const path = join(t.testdir(), 'x.npy');
  {
    using x = Matrix.create(path, { dtype: 'float32', cols: 2 });
    x.append(Float32Array.of(1, 2, 3, 4));
    x.append(Float32Array.of(5, 6));
    x.finish();
  }
  using x = Matrix.open(path, 'float32', { writable: true });
  t.same([x.rows, x.cols], [3, 2]);
  t.same(x.read(1, 2), Float32Array.of(3, 4, 5, 6));
  t.same(x.gather([2, 0]), Float32Array.of(5, 6, 1, 2));
  x.scatter([1], Float32Array.of(7, 8));
  t.same(x.read(0, 3), Float32Array.of(1, 2, 7, 8, 5, 6));
  t.throws(() => x.read(2, 2), /rows 2..4 are not within 0..3/);
  t.throws(() => x.gather([-1]), RangeError);
});

test('a matrix is a file as NumPy writes it', async (t) => {
  const path = join(t.testdir(), 'x.npy');
  using x = Matrix.create(path, { dtype: 'int32', cols: 3, rows: 2 });
  x.finish();
  const header = readFileSync(path).toString('latin1', 0, 128);
  t.equal(header.slice(0, 8), '\x93NUMPY\x01\x00');
  t.match(header, "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }");
  t.same(x.read(0, 2), new Int32Array(6), 'reserved rows are zero');
});

test('a file that is not the expected matrix is refused in one line', async (t) => {
  const path = join(t.testdir(), 'x.npy');
  using x = Matrix.create(path, { dtype: 'float32', cols: 4, rows: 10 });
  x.finish();
  t.throws(() => Matrix.open(path, 'int32'), /x.npy: expected <i4 in C order, got .*<f4/);
  truncateSync(path, 200);
  t.throws(() => Matrix.open(path, 'float32'), /x.npy: 200 bytes, 288 expected/);
  writeFileSync(path, 'hello');
  t.throws(() => Matrix.open(path, 'float32'), /not a .npy file/);
  t.throws(() => Matrix.open(`${path}.missing`, 'float32'), /cannot be opened \(ENOENT\)/);
});

test('lists of any length are written and read by row', async (t) => {
  const base = join(t.testdir(), 'tokens');
  {
    using writer = new RaggedWriter(base);
    writer.append(toLists([[1, 2], []]));
    writer.append(toLists([[3], [4, 5, 6]]));
    writer.finish();
  }
  using reader = new RaggedReader(base);
  t.same([reader.rows, reader.size], [4, 6]);
  t.same(reader.read(1, 3), toLists([[], [3], [4, 5, 6]]));
  t.same(
    reader.gather([3, 0]),
    toLists([
      [4, 5, 6],
      [1, 2],
    ]),
  );
});

test('tensors are written atomically and read back', async (t) => {
  const path = join(t.testdir(), 'model.safetensors');
  const tensors = {
    w: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
    b: { shape: [1], data: Float32Array.of(5) },
  };
  writeSafetensors(path, tensors);
  t.same(readSafetensors(path), tensors);
  truncateSync(path, readFileSync(path).length - 4);
  t.throws(() => readSafetensors(path), /tensor b \[1\] does not fit/);
  writeFileSync(path, Buffer.alloc(16, 0xff));
  t.throws(() => readSafetensors(path), /not a safetensors file/);
});

test('overlapping tensors are refused: a small file could claim many large ones', async (t) => {
  const path = join(t.testdir(), 'model.safetensors');
  const entry = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
  const header = Buffer.from(JSON.stringify({ a: entry, b: entry }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  writeFileSync(path, Buffer.concat([length, header, Buffer.alloc(8)]));
  t.throws(() => readSafetensors(path), { name: 'InputError', message: /tensors a and b overlap$/ });
});

test('offsets that point outside are refused with the row', async (t) => {
  const base = join(t.testdir(), 'lists');
  {
    using writer = new RaggedWriter(base);
    writer.append(toLists([[1], [2, 3]]));
    writer.finish();
  }
  const path = `${base}.offsets.npy`;
  for (const [end, message] of [
    [9n, /offsets.npy: row 1 is at 1..9 of 3 values$/],
    [-1n, /offsets.npy: row 1 is at 1..-1 of 3 values$/],
  ] as const) {
    {
      using offsets = Matrix.open(path, 'int64', { writable: true });
      offsets.write(2, BigInt64Array.of(end));
    }
    using lists = new RaggedReader(base);
    t.throws(() => lists.gather([0, 1]), { name: 'InputError', message });
    t.throws(() => lists.read(0, 2), { name: 'InputError', message });
  }
});
