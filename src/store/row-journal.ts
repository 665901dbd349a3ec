import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { Matrix } from '../formats/npy.js';
import { writeFully } from '../files/write-fully.js';

/**
 * An undo journal: the values of a matrix's rows before they were first overwritten, so that the matrix can be restored
 * without a full copy. A record is the row number (int32) and the row's values. A truncated record, as after a crash,
 * belongs to a row that was not overwritten yet.
 */
export class RowJournal implements Disposable {
  readonly #matrix: Matrix<'float32'>;
  readonly #path: string;
  readonly #fd: number;
  readonly #kept: Uint8Array;

  /** Starts an empty journal; takes one bit of memory per row. */
  constructor(matrix: Matrix<'float32'>, path: string) {
    this.#matrix = matrix;
    this.#path = path;
    this.#fd = openSync(path, 'w');
    this.#kept = new Uint8Array(Math.ceil(matrix.rows / 8));
  }

  /** Must be called before the rows `ids` are overwritten. */
  keep(ids: Iterable<number>): void {
    const fresh = Int32Array.from(ids).filter((id) => !this.#has(id));
    const rows = this.#matrix.gather(fresh);
    const { cols } = this.#matrix;
    const records = new Float32Array(fresh.length * (1 + cols));
    const numbers = new Int32Array(records.buffer);
    fresh.forEach((id, i) => {
      numbers[i * (1 + cols)] = id;
      records.set(rows.subarray(i * cols, (i + 1) * cols), i * (1 + cols) + 1);
    });
    writeFully({ path: this.#path, fd: this.#fd }, records);
    for (const id of fresh) this.#kept[id >> 3]! |= 1 << (id & 7);
  }

  #has(id: number): boolean {
    return (this.#kept[id >> 3]! & (1 << (id & 7))) !== 0;
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}

/** Records read at a time. */
const BLOCK = 1024;

/** Restores the rows of a journal, if it exists, in a writable matrix. */
export function putBack(matrix: Matrix<'float32'>, journal: string): void {
  if (!existsSync(journal)) return;
  const width = 1 + matrix.cols;
  const records = new Float32Array(BLOCK * width);
  const numbers = new Int32Array(records.buffer);
  const fd = openSync(journal, 'r');
  try {
    for (let at = 0; ;) {
      const bytes = readFully(fd, new Uint8Array(records.buffer), at);
      const count = Math.floor(bytes / (4 * width));
      for (let i = 0; i < count; i++)
        matrix.write(numbers[i * width]!, records.subarray(i * width + 1, (i + 1) * width));
      at += count * 4 * width;
      if (count < BLOCK) return;
    }
  } finally {
    closeSync(fd);
  }
}

function readFully(fd: number, into: Uint8Array, position: number): number {
  let done = 0;
  for (let n = 1; n > 0 && done < into.length; done += n)
    n = readSync(fd, into, done, into.length - done, position + done);
  return done;
}
