import type { SparseRows } from '../src/sparse/rows.js';
import { SparseWriter } from '../src/sparse/store.js';
import { operator, type Operator } from '../src/stream/operator.js';

export interface WriteSparseOptions<T> {
  /** Base name of the store: `<base>.offsets.npy`, `<base>.columns.npy` and `<base>.values.npy` are created or replaced. */
  base: string;
  /** Selects the rows of a batch to write. */
  rows: (batch: T) => SparseRows;
}

/**
 * Appends sparse rows of each batch to a store on disk and passes the batch on. The store can be read once the input has ended.
 * Order kept; nothing in flight; a failure surfaces at its batch; owns the open files.
 */
export function writeSparse<T>({ base, rows }: WriteSparseOptions<T>): Operator<T, T> {
  return operator<T, T>('write-sparse', async function* (batches, { own }) {
    const store = own(new SparseWriter(base));
    for await (const batch of batches) {
      store.append(rows(batch));
      yield batch;
    }
    store.finish();
  });
}
