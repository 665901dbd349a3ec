/** Sparse rows by their ids, from memory if they are small, otherwise from disk. */
import { offsetsOf, sparseCount, type SparseRows } from './rows.js';
import { SparseReader } from './store.js';

export interface SparseSource extends Disposable {
  readonly rows: number;
  /** Number of entries of all rows. */
  readonly size: number;
  /** Number of entries of the rows `ids`. */
  lengths(ids: Int32Array): Int32Array;
  /** The rows `ids`, in that order. */
  gather(ids: Int32Array): SparseRows;
  /** Writes the entries of the rows `ids`, in that order; the arrays have their exact number. */
  fill(ids: Int32Array, entries: Entries): void;
}

export type Entries = Pick<SparseRows, 'columns' | 'values'>;

/** Bytes of a column and a value. */
const ENTRY = 8;

/** Maximum bytes of rows that are held. */
export const HELD_BYTES = 256 << 20;

/** `memory`: maximum bytes of rows to hold; default `HELD_BYTES`. @throws InputError as `SparseReader` does. */
export function openSparse(base: string, { memory = HELD_BYTES }: { memory?: number } = {}): SparseSource {
  const reader = new SparseReader(base);
  if (reader.size * ENTRY > memory) return reader;
  try {
    return new HeldRows(reader.read(0, reader.rows));
  } finally {
    reader[Symbol.dispose]();
  }
}

class HeldRows implements SparseSource {
  readonly #all: SparseRows;

  constructor(all: SparseRows) {
    this.#all = all;
  }

  get rows(): number {
    return sparseCount(this.#all);
  }

  get size(): number {
    return this.#all.values.length;
  }

  lengths(ids: Int32Array): Int32Array {
    const { offsets } = this.#all;
    return ids.map((id) => offsets[id + 1]! - offsets[id]!);
  }

  gather(ids: Int32Array): SparseRows {
    const offsets = offsetsOf(this.lengths(ids));
    const entries = { columns: new Int32Array(offsets.at(-1)!), values: new Float32Array(offsets.at(-1)!) };
    this.fill(ids, entries);
    return { offsets, ...entries };
  }

  fill(ids: Int32Array, { columns, values }: Entries): void {
    const all = this.#all;
    let at = 0;
    for (const id of ids)
      for (let from = all.offsets[id]!; from < all.offsets[id + 1]!; from++, at++) {
        columns[at] = all.columns[from]!;
        values[at] = all.values[from]!;
      }
  }

  [Symbol.dispose](): void {
    // nothing is open
  }
}
