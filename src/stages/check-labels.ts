/** Whether a data set has the labels of a run: label ids mean nothing in another set, or in another order. */
import { readParquet } from '../../operators/read-parquet.js';
import { InputError } from '../errors.js';
import { show } from '../show.js';
import type { TrainedRun } from '../sources/run.js';
import { LABEL_COLUMNS, type Dataset } from '../store/dataset.js';
import { TextReader } from '../store/texts.js';
import { pipeline } from '../stream/pipeline.js';
import { watched, type Watch } from '../stream/progress.js';

/**
 * Compares the texts of all labels, in blocks.
 * @throws InputError naming the first label that differs, or the numbers of labels.
 */
export async function checkLabels(
  { folder, texts }: TrainedRun,
  dataset: Dataset,
  watch: Watch,
): Promise<void> {
  using own = new TextReader(texts);
  const { dir, labels, paths } = dataset;
  if (own.rows !== labels)
    throw new InputError(
      `${dir}: has ${labels} labels, ${folder} was trained on ${own.rows}: not its data set`,
    );
  const batches = pipeline(paths.labels, readParquet({ columns: LABEL_COLUMNS })).run(
    watched(watch, { stage: 'compare labels', counting: 'read-parquet', total: labels }),
  );
  for await (const { start, rows, columns } of batches) {
    const known = own.gather(Int32Array.from({ length: rows }, (_x, i) => start + i));
    const at = columns.text.findIndex((text, i) => text !== known[i]);
    if (at < 0) continue;
    const [here, there] = [show(columns.text[at]), show(known[at])];
    throw new InputError(
      `${dir}: label ${start + at} is ${here}, in ${folder} it is ${there}: not its data set`,
    );
  }
}
