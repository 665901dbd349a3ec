import { InputError } from '../stream/errors.js';

/** The rows `ids` of a table `[rows, dim]`, filled up with zeros to `[count, dim]`. @throws InputError if there is no such row, as when the tokenizer is of another model. */
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
