/** What each column adds to the inner product of a sparse row with an indexed row. */
import type { Postings } from './postings.js';

export interface Product {
  column: number;
  value: number;
}

/** Products of the columns that both rows have; they add up to the inner product. Reads the lists of the columns. */
export function productsWith(
  postings: Postings,
  { columns, values }: { columns: Int32Array; values: Float32Array },
  row: number,
): Product[] {
  const { begins, lengths } = postings.boundsOf(columns);
  return Array.from(columns).flatMap((column, i) => {
    const list = postings.list(column, begins[i]!, lengths[i]!);
    const at = list.rows.indexOf(row);
    return at < 0 ? [] : [{ column, value: values[i]! * list.values[at]! }];
  });
}
