import { sliceColumn } from '../src/formats/columns.js';
import type { Lists } from '../src/formats/lists.js';
import { operator, type Operator } from '../src/stream/operator.js';

export interface ExcludeOptions {
  /** Labels that each text must not get, by the text's row; `undefined` for none. */
  labels: Lists | undefined;
}

/**
 * Adds `excluded`, the labels that `search` must not find for each text and `evaluate` does not count as true. Order
 * kept; nothing in flight; owns nothing.
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
