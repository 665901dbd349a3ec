/** Counts how often each label occurs in the training texts: this defines head and tail, and propensities. */
import { readParquet } from '../../operators/read-parquet.js';
import type { Dataset } from '../store/dataset.js';
import { BadRows, noteRepeats } from '../formats/bad-rows.js';
import { listAt, listCount } from '../formats/lists.js';
import { RowSet } from '../store/row-set.js';
import { pipeline } from '../stream/pipeline.js';
import { watched, type Watch } from '../stream/progress.js';

export interface LabelCounts {
  /** Training texts of each label, `[labels]`. */
  frequency: Int32Array;
  /** The training texts that have labels. */
  labelled: RowSet;
  /** Whether any label has a text. */
  named: boolean;
}

/** Reads as far as the first label with a text. */
async function hasNames({ paths }: Dataset, { signal }: Watch): Promise<boolean> {
  const read = readParquet({ columns: { text: 'string' } });
  for await (const { columns } of pipeline(paths.labels, read).run({ signal }))
    if (columns.text.some((text) => text.trim() !== '')) return true;
  return false;
}

/** Reads the label column alone; notes repeats, which count once. Memory: 4 bytes per label and one bit per training text. */
export async function countLabels(dataset: Dataset, watch: Watch = {}): Promise<LabelCounts> {
  const frequency = new Int32Array(dataset.labels);
  const labelled = new RowSet(dataset.train);
  const bad = new BadRows('stop');
  const read = readParquet({ columns: { labels: 'int32 set' }, below: { labels: dataset.labels }, bad });
  const batches = pipeline(dataset.paths.train, read).run(
    watched(watch, { stage: 'count labels', counting: 'read-parquet', total: dataset.train }),
  );
  for await (const { start, columns } of batches) {
    const { labels } = columns;
    for (const label of labels.values) frequency[label]!++;
    for (let i = 0; i < listCount(labels); i++) if (listAt(labels, i).length > 0) labelled.add(start + i);
  }
  noteRepeats(watch, dataset.paths.train[0]!, bad);
  return { frequency, labelled, named: await hasNames(dataset, watch) };
}
