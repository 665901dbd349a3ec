import { RaggedWriter } from '../src/store/ragged.js';
import type { Lists } from '../src/formats/lists.js';
import { operator, type Operator } from '../src/stream/operator.js';

export interface WriteListsOptions<T> {
  /** Base name of the store: `<base>.offsets.npy` and `<base>.values.npy` are created or replaced. */
  base: string;
  /** Selects the lists of a batch to write. */
  lists: (batch: T) => Lists;
}

/**
 * Appends lists of each batch to a store on disk and passes the batch on. The store can be read once the input has ended.
 * Order kept; nothing in flight; a failure surfaces at its batch; owns the open files.
 */
export function writeLists<T>({ base, lists }: WriteListsOptions<T>): Operator<T, T> {
  return operator<T, T>('write-lists', async function* (batches, { own }) {
    const store = own(new RaggedWriter(base));
    for await (const batch of batches) {
      store.append(lists(batch));
      yield batch;
    }
    store.finish();
  });
}
