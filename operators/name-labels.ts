import type { ColumnBatch } from '../src/formats/columns.js';
import { rankedAt, type Found } from '../src/search/found.js';
import { toLists } from '../src/formats/lists.js';
import { TextReader } from '../src/store/texts.js';
import { operator, type Operator } from '../src/stream/operator.js';
import type { TextBatch } from './tokenize.js';

/** Columns of predictions: the text, its labels best first, their scores and their texts. */
export const PREDICTION_COLUMNS = {
  text: 'string',
  labels: 'int32[]',
  scores: 'float32[]',
  names: 'string[]',
} as const;

export interface NameLabelsOptions {
  /** Base name of the store of label texts, as written by `write-texts`. */
  base: string;
  /** Labels with a lower score are left out; default none is. */
  least?: number | undefined;
}

/**
 * Turns texts and the labels found for them into rows of predictions, other columns kept. Order kept; nothing in flight; reads label texts
 * from disk as needed; owns the open files.
 */
export function nameLabels<T extends TextBatch & { found: Found }>({
  base,
  least = -Infinity,
}: NameLabelsOptions): Operator<T, ColumnBatch<typeof PREDICTION_COLUMNS>> {
  return operator<T, ColumnBatch<typeof PREDICTION_COLUMNS>>(
    'name-labels',
    async function* (batches, { own, progress }) {
      const texts = own(new TextReader(base));
      for await (const { columns, found } of batches) {
        const { text } = columns;
        const labels = toLists(text.map((_text, i) => rankedAt(found, i, least)));
        const { offsets } = labels;
        const scores = new Float32Array(labels.values.length);
        text.forEach((_text, i) => {
          const row = found.scores.subarray(i * found.k, i * found.k + offsets[i + 1]! - offsets[i]!);
          scores.set(row, offsets[i]);
        });
        const names = texts.gather(labels.values);
        yield {
          rows: text.length,
          columns: {
            ...columns,
            text,
            labels,
            scores: { offsets, values: scores },
            names: { offsets, values: names },
          },
        };
        progress(text.length);
      }
    },
  );
}
