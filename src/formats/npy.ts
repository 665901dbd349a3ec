/**
 * Dense matrices on disk in NumPy's format (`.npy` version 1, little-endian, C order), read and written by row.
 * Only the requested rows are held in memory, so a store may be far larger than memory.
 */
import { closeSync, ftruncateSync, fsyncSync, openSync } from 'node:fs';
import { readFully } from '../files/read-fully.js';
import { InputError } from '../errors.js';
import { fromFloat16, toFloat16 } from './half.js';
import {
  HEADER_BYTES,
  headerOf,
  readHeader,
  storedType,
  TYPES,
  type Arrays,
  type DType,
  type Header,
} from './npy-header.js';
import { readRuns } from './byte-ranges.js';
import { writeFully } from '../files/write-fully.js';

/** Ranges at most this far apart are read in one call: a system call costs more than copying this many bytes. */
const NEAR_BYTES = 16 << 10;
const MERGED_BYTES = 256 << 10;

export interface MatrixShape<T extends DType> {
  dtype: T;
  /** Values in a row; 1 for a vector. */
  cols: number;
  /** Rows to reserve, all zero; default 0, for use with `append`. */
  rows?: number;
  /** float32 only: store in half precision (binary16), rounding on write. Default false. */
  half?: boolean | undefined;
}

/**
 * An open `.npy` file of `rows × cols` values. Rows are numbered from 0; reads outside throw a RangeError.
 * @example
 * using embeddings = Matrix.open(openRun('runs/a').labels, 'float32');
 * const first = embeddings.read(0, 2); // Float32Array of 2 × embeddings.cols values
 */
export class Matrix<T extends DType> implements Disposable {
  readonly path: string;
  readonly dtype: T;
  readonly cols: number;
  /** Whether float32 values are stored in half precision. */
  readonly half: boolean;
  #rows: number;
  readonly #fd: number;
  readonly #start: number;

  private constructor(path: string, fd: number, { dtype, rows, cols, half, start }: Header<T>) {
    this.path = path;
    this.#fd = fd;
    this.#start = start;
    this.dtype = dtype;
    this.#rows = rows;
    this.cols = cols;
    this.half = half;
  }

  /**
   * Opens a file written here or by NumPy; float16 is accepted as float32.
   * @throws InputError if it is missing, truncated or of another type.
   */
  static open<T extends DType>(
    path: string,
    dtype: T,
    { writable = false }: { writable?: boolean } = {},
  ): Matrix<T> {
    const fd = openFile(path, writable ? 'r+' : 'r');
    try {
      return new Matrix(path, fd, readHeader(path, fd, dtype));
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** Creates or truncates the file. */
  static create<T extends DType>(
    path: string,
    { dtype, cols, rows = 0, half = false }: MatrixShape<T>,
  ): Matrix<T> {
    if (half && dtype !== 'float32') throw new RangeError(`half: expected float32, got ${dtype}`);
    const fd = openFile(path, 'w+');
    const matrix = new Matrix(path, fd, { dtype, start: HEADER_BYTES, rows, cols, half });
    matrix.#writeHeader();
    ftruncateSync(fd, HEADER_BYTES + rows * matrix.#rowBytes);
    return matrix;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Bytes of a row on disk. */
  get #rowBytes(): number {
    return this.cols * storedType(this).bytes;
  }

  /** `count` rows from `begin`, `[count, cols]`; written to the start of `into` if given. */
  read(begin: number, count: number, into?: Arrays[T]): Arrays[T] {
    this.#check(begin, count);
    const values = into ?? this.#make(count);
    this.#readRows(values, 0, count, begin);
    return values;
  }

  /** The rows from `begin` to `end`, by default all, in blocks of at most `most`. */
  *blocks(most: number, begin = 0, end = this.#rows): Generator<{ begin: number; values: Arrays[T] }> {
    for (let at = begin; at < end; at += most)
      yield { begin: at, values: this.read(at, Math.min(most, end - at)) };
  }

  /** The rows `ids`, in that order, `[ids.length, cols]`. */
  gather(ids: ArrayLike<number>, into?: Arrays[T]): Arrays[T] {
    return this.gatherRanges(ids, new Int32Array(ids.length).fill(1), into);
  }

  /** `counts[i]` rows from `begins[i]`, for each i in that order. Ranges near each other in the file share a read. */
  gatherRanges(begins: ArrayLike<number>, counts: ArrayLike<number>, into?: Arrays[T]): Arrays[T] {
    const places = new Float64Array(begins.length + 1); // first row of each range in the result
    for (let i = 0; i < begins.length; i++) {
      this.#check(begins[i]!, counts[i]!);
      places[i + 1] = places[i]! + counts[i]!;
    }
    const values = into ?? this.#make(places[begins.length]!);
    const rows = { near: NEAR_BYTES / this.#rowBytes, most: MERGED_BYTES / this.#rowBytes };
    let buffer = this.#make(0) as Float32Array; // stands for any type of the union
    for (const { first, end, members } of readRuns(begins, counts, rows)) {
      if (members.length === 1) {
        this.#readRows(values, places[members[0]!]!, end - first, first);
        continue;
      }
      const size = (end - first) * this.cols;
      if (buffer.length < size) buffer = this.#make(end - first) as Float32Array;
      this.#readRows(buffer as Arrays[T], 0, end - first, first);
      for (const i of members) {
        const from = (begins[i]! - first) * this.cols;
        const part = buffer.subarray(from, from + counts[i]! * this.cols);
        (values as Float32Array).set(part, places[i]! * this.cols);
      }
    }
    return values;
  }

  /** Overwrites rows from `begin`; `values` is `[rows, cols]`. */
  write(begin: number, values: Arrays[T]): void {
    this.#check(begin, values.length / this.cols);
    this.#writeRows(values, 0, values.length / this.cols, begin);
  }

  /** Overwrites the rows `ids` with the rows of `values`. */
  scatter(ids: ArrayLike<number>, values: Arrays[T]): void {
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      this.#check(id, 1);
      this.#writeRows(values, i, 1, id);
    }
  }

  /** Appends the rows of `values`, `[rows, cols]`; the header counts them after `finish`. */
  append(values: Arrays[T]): void {
    if (values.length % this.cols !== 0)
      throw new RangeError(`${this.path}: expected rows of ${this.cols} values, got ${values.length} values`);
    const count = values.length / this.cols;
    this.#writeRows(values, 0, count, this.#rows);
    this.#rows += count;
  }

  /** Writes the row count into the header and syncs the file. */
  finish(): void {
    this.#writeHeader();
    fsyncSync(this.#fd);
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }

  #make(rows: number): Arrays[T] {
    return TYPES[this.dtype].make(rows * this.cols) as Arrays[T];
  }

  #check(begin: number, count: number): void {
    if (!(Number.isInteger(count) && count >= 0 && begin >= 0 && begin + count <= this.#rows))
      throw new RangeError(`${this.path}: rows ${begin}..${begin + count} are not within 0..${this.#rows}`);
  }

  /** Reads `count` rows from row `first` of the file to row `at` of `into`. */
  #readRows(into: Arrays[T], at: number, count: number, first: number): void {
    const bytes = this.#rowBytes;
    if (!this.half) {
      this.#readBytes(into, at * bytes, count * bytes, first * bytes);
      return;
    }
    const raw = new Uint16Array(count * this.cols);
    this.#readBytes(raw, 0, count * bytes, first * bytes);
    fromFloat16(raw, (into as Float32Array).subarray(at * this.cols));
  }

  /** Writes `count` rows from row `at` of `from` to row `first` of the file. */
  #writeRows(from: Arrays[T], at: number, count: number, first: number): void {
    const rows = from.subarray(at * this.cols, (at + count) * this.cols);
    const position = this.#start + first * this.#rowBytes;
    const stored = this.half ? toFloat16(rows as Float32Array) : rows;
    writeFully({ path: this.path, fd: this.#fd }, stored, position);
  }

  #readBytes(into: NodeJS.ArrayBufferView, at: number, length: number, position: number): void {
    const bytes = new Uint8Array(into.buffer, into.byteOffset + at, length);
    if (readFully(this.#fd, bytes, this.#start + position) < length)
      throw new InputError(`${this.path}: ends before byte ${this.#start + position + length}`);
  }

  #writeHeader(): void {
    writeFully({ path: this.path, fd: this.#fd }, headerOf(this), 0);
  }
}

/** Writes an int32 `.npy` of one column. */
export function writeColumn(path: string, blocks: Iterable<Int32Array>): void {
  using matrix = Matrix.create(path, { dtype: 'int32', cols: 1 });
  for (const block of blocks) matrix.append(block);
  matrix.finish();
}

/** All of an int32 `.npy` of one column. */
export function readColumn(path: string): Int32Array {
  using matrix = Matrix.open(path, 'int32');
  return matrix.read(0, matrix.rows);
}

/** Number of rows of an int32 `.npy`. @throws InputError as `Matrix.open` does. */
export function countRows(path: string): number {
  using matrix = Matrix.open(path, 'int32');
  return matrix.rows;
}

function openFile(path: string, flags: string): number {
  try {
    return openSync(path, flags);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new InputError(`${path}: cannot be opened (${code ?? String(cause)})`, { cause });
  }
}
