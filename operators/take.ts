import { sliceColumns, type ColumnBatch, type Schema } from '../src/formats/columns.js';
import { operator, type Operator } from '../src/stream/operator.js';

export interface TakeOptions {
  /** Number of rows to yield; the last batch is cut to fit. Default all. */
  rows?: number | undefined;
}

/** Yields the first rows, then ends, which stops the steps before it. Order kept; nothing in flight; owns nothing. */
export function take<S extends Schema, T extends ColumnBatch<S>>({
  rows = Infinity,
}: TakeOptions = {}): Operator<T, T> {
  return operator<T, T>('take', async function* (batches) {
    let left = rows;
    if (left <= 0) return;
    for await (const batch of batches) {
      const { columns } = batch;
      yield batch.rows <= left ? batch : { ...batch, rows: left, columns: sliceColumns<S>(columns, 0, left) };
      left -= batch.rows;
      if (left <= 0) return;
    }
  });
}
