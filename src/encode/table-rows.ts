import { InputError } from '../errors.js';

/**
 * The rows `ids` of a table `[rows, dim]`, padded with zeros to `[count, dim]`.
 * @throws InputError if a row does not exist, as when the tokenizer belongs to another model.
 */
export function fillRows(
  table: Float32Array,
  dim: number,
  { ids, count }: { ids: Int32Array; count: number },
): Float32Array {
  const rows = new Float32Array(count * dim);
  ids.forEach((id, i) => {
    if (id < 0 || (id + 1) * dim > table.length)
      throw new InputError(`row ${id}: the table has only ${table.length / dim}`);
    rows.set(table.subarray(id * dim, (id + 1) * dim), i * dim);
  });
  return rows;
}

/** Adds the rows of `values`, of length `dim`, to the rows `rows` of `sum`. Further rows of `values` are padding. */
export function addRows(
  sum: Float32Array,
  values: Float32Array,
  { rows, dim }: { rows: Int32Array; dim: number },
): void {
  rows.forEach((row, i) => {
    for (let to = row * dim, from = i * dim; from < (i + 1) * dim; to++, from++) sum[to]! += values[from]!;
  });
}
