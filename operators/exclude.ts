import { sliceColumn } from '../src/formats/columns.js';
import type { Lists } from '../src/formats/lists.js';
import { operator, type Operator } from '../src/stream/operator.js';

export interface ExcludeOptions {
  /** Labels that must not be predicted, by the text's row; `undefined` for none. */
  labels: Lists | undefined;
}

/**
 * Adds `excluded`: the labels of each text that `search` must not find and `evaluate` does not count as true. Order kept;
 * nothing in flight; owns nothing.
 */
export function exclude<T extends { start: number; rows: number }>({
  labels,
}: ExcludeOptions): Operator<T, T & { excluded: Lists | undefined }> {
  return operator<T, T & { excluded: Lists | undefined }>('exclude', async function* (batches) {
    for await (const batch of batches) {
      const { start, rows } = batch;
      yield { ...batch, excluded: labels && sliceColumn(labels, start, start + rows) };
    }
  });
}
