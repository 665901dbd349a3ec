import { TextWriter } from '../src/store/texts.js';
import { operator, type Operator } from '../src/stream/operator.js';
import type { TextBatch } from './tokenize.js';

export interface WriteTextsOptions {
  /** Base name of the store: `<base>.offsets.npy` and `<base>.utf8.npy` are created or replaced. */
  base: string;
}

/**
 * Appends the texts of each batch to a store on disk and passes the batch on. The store can be read once the input has
 * ended. Order kept; nothing in flight; a failure surfaces at its batch; owns the open files.
 */
export function writeTexts<T extends TextBatch>({ base }: WriteTextsOptions): Operator<T, T> {
  return operator<T, T>('write-texts', async function* (batches, { own }) {
    const store = own(new TextWriter(base));
    for await (const batch of batches) {
      store.append(batch.columns.text);
      yield batch;
    }
    store.finish();
  });
}
