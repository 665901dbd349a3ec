/** Sparse rows in memory (CSR): row `i` has `values[k]` in column `columns[k]`, for k in `offsets[i] .. offsets[i + 1]`. */
export interface SparseRows {
  offsets: Int32Array;
  /** Ascending within a row. */
  columns: Int32Array;
  values: Float32Array;
}

export const sparseCount = ({ offsets }: SparseRows): number => offsets.length - 1;

/** One row. */
export const sparseRow = ({ offsets, columns, values }: SparseRows, row: number) => ({
  columns: columns.subarray(offsets[row], offsets[row + 1]),
  values: values.subarray(offsets[row], offsets[row + 1]),
});
