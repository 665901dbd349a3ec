/** Sparse rows by their ids, from memory if they are small, otherwise from disk. */
import type { SparseRows } from './rows.js';
import { SparseReader } from './store.js';

export interface SparseSource extends Disposable {
  readonly rows: number;
  /** The rows `ids`, in that order. */
  gather(ids: Int32Array): SparseRows;
}

/** Bytes of a column and a value. */
const ENTRY = 8;

/** `memory`: maximum bytes of rows to hold; default 256 MiB. @throws InputError as `SparseReader` does. */
export function openSparse(base: string, { memory = 256 << 20 }: { memory?: number } = {}): SparseSource {
  const reader = new SparseReader(base);
  if (reader.size * ENTRY > memory) return reader;
  try {
    const all = reader.read(0, reader.rows);
    return { rows: reader.rows, gather: (ids) => gather(all, ids), [Symbol.dispose]: () => undefined };
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
