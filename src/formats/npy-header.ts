/** The header of a `.npy` file: data type and shape. */
import { fstatSync } from 'node:fs';
import { InputError } from '../errors.js';
import { readFully } from '../files/read-fully.js';

export interface Arrays {
  float32: Float32Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
}
export type DType = keyof Arrays;

/** A value's type in the header, on disk and in memory. */
export const TYPES = {
  float32: { descr: '<f4', bytes: 4, make: (n: number) => new Float32Array(n) },
  int32: { descr: '<i4', bytes: 4, make: (n: number) => new Int32Array(n) },
  int64: { descr: '<i8', bytes: 8, make: (n: number) => new BigInt64Array(n) },
  uint8: { descr: '|u1', bytes: 1, make: (n: number) => new Uint8Array(n) },
} as const;

const HALF = { descr: '<f2', bytes: 2 } as const;

/** Fixed, so that the row count can be overwritten once it is known. */
export const HEADER_BYTES = 128;
const MAX_HEADER_BYTES = 4096;

export interface Header<T extends DType = DType> {
  dtype: T;
  rows: number;
  cols: number;
  /** Whether float32 values are stored in half precision. */
  half: boolean;
  /** Byte offset of the values. */
  start: number;
}

/** The type of the values on disk. */
export const storedType = ({
  dtype,
  half,
}: Pick<Header, 'dtype' | 'half'>): { descr: string; bytes: number } => (half ? HALF : TYPES[dtype]);

/** An encoded header of `HEADER_BYTES` bytes. */
export function headerOf({ rows, cols, ...stored }: Omit<Header, 'start'>): Buffer {
  const shape = cols === 1 ? `(${rows},)` : `(${rows}, ${cols})`;
  const text = `{'descr': '${storedType(stored).descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  const header = Buffer.alloc(HEADER_BYTES, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(HEADER_BYTES - 10, 8);
  header.write(text, 10);
  header.write('\n', HEADER_BYTES - 1);
  return header;
}

/** Reads the header of an open file. @throws InputError if it has none, or another type, or the file is too short for it. */
export function readHeader<T extends DType>(path: string, fd: number, dtype: T): Header<T> {
  const head = Buffer.alloc(MAX_HEADER_BYTES);
  const got = readFully(fd, head, 0);
  const start = 10 + head.readUInt16LE(8);
  if (got < 10 || head.toString('latin1', 0, 8) !== '\x93NUMPY\x01\x00' || start > got)
    throw new InputError(`${path}: not a .npy file of version 1`);
  const text = head.toString('latin1', 10, start);
  const descr = /'descr': *'([^']*)'/.exec(text)?.[1];
  const shape = /'shape': *\((\d{1,15}),? *(\d{0,15}),? *\)/.exec(text);
  const half = dtype === 'float32' && descr === HALF.descr;
  const type = storedType({ dtype, half });
  if (descr !== type.descr || !shape || !text.includes("'fortran_order': False"))
    throw new InputError(`${path}: expected ${TYPES[dtype].descr} in C order, got ${oneLine(text)}`);
  const rows = Number(shape[1]);
  const cols = shape[2] === '' ? 1 : Number(shape[2]);
  if (rows > 0 && cols === 0) throw new InputError(`${path}: ${rows} rows without columns`);
  const expected = start + rows * cols * type.bytes;
  if (fstatSync(fd).size < expected)
    throw new InputError(`${path}: ${fstatSync(fd).size} bytes, ${expected} expected`);
  return { dtype, rows, cols, half, start };
}

/** A header as an error shows it: one that is damaged may contain anything. */
const oneLine = (text: string): string =>
  text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 200);
