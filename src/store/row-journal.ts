import { closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { Matrix } from '../formats/npy.js';
import { isThere } from '../files/is-there.js';
import { readFully } from '../files/read-fully.js';
import { syncPath } from '../files/sync.js';
import { writeFully } from '../files/write-fully.js';

/** Numbers of a record before the values: a checksum (CRC-32) of what follows, and the row. */
const HEAD = 2;

/**
 * An undo journal: the values of a matrix's rows before they were first overwritten, so that the matrix can be restored
 * without a full copy. Records are on the disk before `keep` returns: one that is torn or missing, as after a loss of power,
 * belongs to a row that was not overwritten yet.
 */
export class RowJournal implements Disposable {
  readonly #matrix: Matrix<'float32'>;
  readonly #path: string;
  readonly #fd: number;
  readonly #kept: Uint8Array;
  /** Bytes of whole records: a record that could not be written is overwritten by the next, so that none is hidden behind it. */
  #bytes = 0;

  /** Starts an empty journal; takes one bit of memory per row. */
  constructor(matrix: Matrix<'float32'>, path: string) {
    this.#matrix = matrix;
    this.#path = path;
    this.#fd = openSync(path, 'w');
    syncPath(dirname(path)); // a journal without a name protects nothing
    this.#kept = new Uint8Array(Math.ceil(matrix.rows / 8));
  }

  /** Must be called before the rows `ids` are overwritten. */
  keep(ids: Iterable<number>): void {
    const fresh = Int32Array.from(ids).filter((id) => !this.#has(id));
    if (fresh.length === 0) return;
    const rows = this.#matrix.gather(fresh);
    const { cols } = this.#matrix;
    const width = HEAD + cols;
    const records = new Float32Array(fresh.length * width);
    const numbers = new Int32Array(records.buffer);
    fresh.forEach((id, i) => {
      numbers[i * width + 1] = id;
      records.set(rows.subarray(i * cols, (i + 1) * cols), i * width + HEAD);
      numbers[i * width] = checksum(records.subarray(i * width, (i + 1) * width));
    });
    writeFully({ path: this.#path, fd: this.#fd }, records, this.#bytes);
    fsyncSync(this.#fd);
    this.#bytes += records.byteLength;
    for (const id of fresh) this.#kept[id >> 3]! |= 1 << (id & 7);
  }

  #has(id: number): boolean {
    return (this.#kept[id >> 3]! & (1 << (id & 7))) !== 0;
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}

/** Of a record without the checksum itself. */
const checksum = (record: Float32Array): number =>
  crc32(new Uint8Array(record.buffer, record.byteOffset + 4, record.byteLength - 4)) | 0;

/** Records read at a time. */
const BLOCK = 1024;

/** Restores the rows of a journal, if it exists, in a writable matrix, up to the first record that is not whole. */
export function putBack(matrix: Matrix<'float32'>, journal: string): void {
  if (!isThere(journal)) return;
  const width = HEAD + matrix.cols;
  const records = new Float32Array(BLOCK * width);
  const numbers = new Int32Array(records.buffer);
  const fd = openSync(journal, 'r');
  try {
    for (let at = 0; ;) {
      const bytes = readFully(fd, records, at);
      const count = Math.floor(bytes / (4 * width));
      for (let i = 0; i < count; i++) {
        const record = records.subarray(i * width, (i + 1) * width);
        if (numbers[i * width] !== checksum(record)) return;
        matrix.write(numbers[i * width + 1]!, record.subarray(HEAD));
      }
      at += count * 4 * width;
      if (count < BLOCK) return;
    }
  } finally {
    closeSync(fd);
  }
}
