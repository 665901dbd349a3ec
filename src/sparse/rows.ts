import { joined } from '../formats/arrays.js';

/** Sparse rows in memory (CSR): row `i` has `values[k]` in column `columns[k]`, for k in `offsets[i] .. offsets[i + 1]`. */
export interface SparseRows {
  offsets: Int32Array;
  /** Ascending within a row. */
  columns: Int32Array;
  values: Float32Array;
}

/** Where rows begin and end, by their lengths. */
export function offsetsOf(lengths: Int32Array): Int32Array {
  const offsets = new Int32Array(lengths.length + 1);
  lengths.forEach((length, i) => (offsets[i + 1] = offsets[i]! + length));
  return offsets;
}

export const sparseCount = ({ offsets }: SparseRows): number => offsets.length - 1;

/** One row. */
export const sparseRow = ({ offsets, columns, values }: SparseRows, row: number) => ({
  columns: columns.subarray(offsets[row], offsets[row + 1]),
  values: values.subarray(offsets[row], offsets[row + 1]),
});

/** The rows of several parts, in order. */
export function joinedRows(parts: readonly SparseRows[]): SparseRows {
  const offsets = new Int32Array(parts.reduce((total, part) => total + sparseCount(part), 1));
  let [row, size] = [0, 0];
  for (const part of parts) {
    for (let i = 1; i < part.offsets.length; i++) offsets[++row] = size + part.offsets[i]!;
    size += part.columns.length;
  }
  const columns = parts.map((part) => part.columns);
  const values = parts.map((part) => part.values);
  return { offsets, columns: joined(Int32Array, columns), values: joined(Float32Array, values) };
}
