import { InputError } from '../errors.js';

/**
 * The rows `ids` of a table `[rows, dim]`, padded with zeros to `[count, dim]`. @throws InputError if a row does not exist.
 */
export function fillRows(
  table: Float32Array,
  dim: number,
  { ids, count }: { ids: Int32Array; count: number },
): Float32Array {
  const rows = new Float32Array(count * dim);
  ids.forEach((id, i) => {
    checkRow(table, dim, id);
    rows.set(table.subarray(id * dim, (id + 1) * dim), i * dim);
  });
  return rows;
}

/** @throws InputError if a row does not exist, as when the tokenizer belongs to another model. */
export function checkRow(table: Float32Array, dim: number, id: number): void {
  if (id < 0 || (id + 1) * dim > table.length)
    throw new InputError(`row ${id}: the table has only ${table.length / dim}`);
}

/** Adds the `dim` values from `from` on to those of `sum` from `at` on. */
export function addRow(
  sum: Float32Array,
  at: number,
  values: Float32Array,
  { from, dim }: { from: number; dim: number },
): void {
  for (let i = 0; i < dim; i++) sum[at + i]! += values[from + i]!;
}

/** Adds the rows of `values`, of length `dim`, to the rows `rows` of `sum`. Further rows of `values` are padding. */
export function addRows(
  sum: Float32Array,
  values: Float32Array,
  { rows, dim }: { rows: Int32Array; dim: number },
): void {
  rows.forEach((row, i) => {
    addRow(sum, row * dim, values, { from: i * dim, dim });
  });
}
