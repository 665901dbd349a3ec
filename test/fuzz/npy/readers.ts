/** Matrices by the package, and by a second reader that takes the header for what it is, a literal of Python. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { Matrix } from '../../../src/formats/npy.js';
import type { DType } from '../../../src/formats/npy-header.js';
import type { Readers } from '../format.js';
import { ours, Refusal, theirs, type Outcome, type Part } from '../outcome.js';
import { halfAt } from '../half.js';

const TYPES: readonly DType[] = ['float32', 'int32', 'int64', 'uint8'];

const byType =
  (read: (path: string, dtype: DType) => Promise<Part>) =>
  async (path: string): Promise<Outcome> => {
    const parts: Outcome = {};
    for (const dtype of TYPES) parts[dtype] = await read(path, dtype);
    return parts;
  };

/** All rows by one read; gathering them from the last to the first must give the same. */
function rowsByPackage(path: string, dtype: DType): unknown {
  using matrix = Matrix.open(path, dtype);
  const { rows, cols } = matrix;
  const all = matrix.read(0, rows);
  const gathered = matrix.gather(Array.from({ length: rows }, (_x, i) => rows - 1 - i));
  for (let i = 0; i < rows; i++) {
    const [one, other] = [
      all.subarray(i * cols, (i + 1) * cols),
      gathered.subarray((rows - 1 - i) * cols, (rows - i) * cols),
    ];
    if (Buffer.compare(bytesOf(one), bytesOf(other)) !== 0)
      throw new Error(`row ${i} was gathered with other values`);
  }
  return [[rows, cols], all];
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

const Header = z.strictObject({
  descr: z.string(),
  fortran_order: z.boolean(),
  shape: z.array(z.number().int().nonnegative()),
});

/** The values of each type that is taken: those of half precision are read as float32. */
const STORED: Readonly<
  Record<string, { dtype: DType; bytes: number; at: (view: DataView, at: number) => number | bigint }>
> = {
  '<f4': { dtype: 'float32', bytes: 4, at: (view, at) => view.getFloat32(at, true) },
  '<f2': { dtype: 'float32', bytes: 2, at: (view, at) => halfAt(view, at) },
  '<i4': { dtype: 'int32', bytes: 4, at: (view, at) => view.getInt32(at, true) },
  '<i8': { dtype: 'int64', bytes: 8, at: (view, at) => view.getBigInt64(at, true) },
  '|u1': { dtype: 'uint8', bytes: 1, at: (view, at) => view.getUint8(at) },
};

function rowsBySecond(path: string, dtype: DType): unknown {
  const bytes = readFileSync(path);
  if (bytes.toString('latin1', 0, 8) !== '\x93NUMPY\x01\x00') throw new Error('another version');
  const start = 10 + bytes.readUInt16LE(8);
  const literal = bytes
    .toString('latin1', 10, start)
    .replaceAll("'", '"')
    .replaceAll('False', 'false')
    .replaceAll('True', 'true');
  const json = literal
    .replace(/\((.*),? *\)/, (_all, inner: string) => `[${inner.replace(/, *$/, '')}]`)
    .replace(/, *\}/, '}');
  const { descr, fortran_order, shape } = Header.parse(JSON.parse(json));
  const stored = STORED[descr];
  if (stored?.dtype !== dtype || fortran_order || shape.length < 1 || shape.length > 2)
    return new Refusal({ type: descr });
  const [rows = 0, cols = 1] = shape;
  if (rows * cols > bytes.length || (rows > 0 && cols === 0)) throw new Error('too short');
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.length - start);
  return [[rows, cols], Array.from({ length: rows * cols }, (_x, i) => stored.at(view, i * stored.bytes))];
}

export const npyReaders: Readers = {
  ours: byType((path, dtype) => ours(() => rowsByPackage(path, dtype))),
  theirs: byType((path, dtype) => theirs(() => rowsBySecond(path, dtype))),
};
