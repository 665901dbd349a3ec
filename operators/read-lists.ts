import { RaggedReader } from '../src/store/ragged.js';
import type { Lists } from '../src/formats/lists.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { checkInteger } from '../src/errors.js';

/** Rows `[start, start + listCount(tokens))` of a token store. */
export interface TokenBatch {
  start: number;
  tokens: Lists;
}

export interface ReadListsOptions {
  /** Maximum rows in a batch; default 4096. */
  batch?: number;
}

/**
 * Reads token stores (`<base>.offsets.npy`, `<base>.values.npy`) by base name, in batches of rows.
 *
 * Order kept; one store open and one batch in memory; a bad store surfaces when its turn comes; owns the open files.
 */
export function readLists({ batch = 4096 }: ReadListsOptions = {}): Operator<string, TokenBatch> {
  checkInteger('batch', batch);
  return operator<string, TokenBatch>('read-lists', async function* (bases, { signal, progress }) {
    for await (const base of bases) {
      using store = new RaggedReader(base);
      for (let start = 0; start < store.rows; start += batch) {
        signal.throwIfAborted();
        const count = Math.min(batch, store.rows - start);
        yield { start, tokens: store.read(start, count) };
        progress(count);
      }
    }
  });
}
