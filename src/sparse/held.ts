/** Sparse rows by their ids, from memory if they are small, otherwise from disk. */
import type { SparseRows } from './rows.js';
import { SparseReader } from './store.js';

export interface SparseSource extends Disposable {
  readonly rows: number;
  /** Number of entries of the rows `ids`. */
  lengths(ids: Int32Array): Int32Array;
  /** The rows `ids`, in that order. */
  gather(ids: Int32Array): SparseRows;
}

/** Bytes of a column and a value. */
const ENTRY = 8;

/** Maximum bytes of rows that are held. */
export const HELD_BYTES = 256 << 20;

/** `memory`: maximum bytes of rows to hold; default `HELD_BYTES`. @throws InputError as `SparseReader` does. */
export function openSparse(base: string, { memory = HELD_BYTES }: { memory?: number } = {}): SparseSource {
  const reader = new SparseReader(base);
  if (reader.size * ENTRY > memory) return reader;
  try {
    const all = reader.read(0, reader.rows);
    return {
      rows: reader.rows,
      lengths: (ids) => ids.map((id) => all.offsets[id + 1]! - all.offsets[id]!),
      gather: (ids) => gather(all, ids),
      [Symbol.dispose]: () => undefined,
    };
  } finally {
    reader[Symbol.dispose]();
  }
}

function gather(all: SparseRows, ids: Int32Array): SparseRows {
  const offsets = new Int32Array(ids.length + 1);
  for (let i = 0; i < ids.length; i++)
    offsets[i + 1] = offsets[i]! + all.offsets[ids[i]! + 1]! - all.offsets[ids[i]!]!;
  const columns = new Int32Array(offsets[ids.length]!);
  const values = new Float32Array(columns.length);
  for (let i = 0, at = 0; i < ids.length; i++)
    for (let from = all.offsets[ids[i]!]!; at < offsets[i + 1]!; from++, at++) {
      columns[at] = all.columns[from]!;
      values[at] = all.values[from]!;
    }
  return { offsets, columns, values };
}
