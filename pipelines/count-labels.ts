/** How often each label occurs in the training texts: what head and tail, and propensities, are made of. */
import { readParquet } from '../operators/read-parquet.js';
import type { Dataset } from '../src/store/dataset.js';
import { listAt, listCount } from '../src/store/ragged.js';
import { pipeline } from '../src/stream/pipeline.js';
import { watched, type Watch } from '../src/stream/progress.js';

export interface LabelCounts {
  /** Training texts of each label, `[labels]`. */
  frequency: Int32Array;
  /** Rows of the training texts that have labels, ascending. */
  labelled: Int32Array;
}

/** Reads the label column alone. Memory: 4 bytes a label and 4 a training text. */
export async function countLabels(dataset: Dataset, watch: Watch = {}): Promise<LabelCounts> {
  const frequency = new Int32Array(dataset.labels);
  const rows = new Int32Array(dataset.train);
  let count = 0;
  const read = readParquet({ columns: { labels: 'int32[]' }, below: { labels: dataset.labels } });
  const batches = pipeline(dataset.paths.train, read).run(
    watched(watch, { stage: 'count labels', counting: 'read-parquet', total: dataset.train }),
  );
  for await (const { start, columns } of batches) {
    const { labels } = columns;
    for (const label of labels.values) frequency[label]!++;
    for (let i = 0; i < listCount(labels); i++) if (listAt(labels, i).length > 0) rows[count++] = start + i;
  }
  return { frequency, labelled: rows.slice(0, count) };
}
