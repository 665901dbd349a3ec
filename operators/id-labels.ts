import type { ColumnBatch } from '../src/formats/columns.js';
import { TextReader } from '../src/store/texts.js';
import { operator, type Operator } from '../src/stream/operator.js';

export interface IdLabelsOptions {
  /** Base name of the store of the labels' ids, one per label. */
  base: string;
}

/**
 * Adds the column `ids`: what the maker of the data set knows the labels by. Order kept; nothing in flight; reads ids from disk
 * as needed; owns the open files.
 */
export function idLabels<T extends ColumnBatch<{ labels: 'int32[]' }>>({
  base,
}: IdLabelsOptions): Operator<T, T> {
  return operator<T, T>('id-labels', async function* (batches, { own }) {
    const store = own(new TextReader(base));
    for await (const batch of batches) {
      const { offsets, values } = batch.columns.labels;
      yield { ...batch, columns: { ...batch.columns, ids: { offsets, values: store.gather(values) } } };
    }
  });
}
