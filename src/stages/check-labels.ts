/** Whether a data set has the labels of a run: label ids mean nothing in another set, or in another order. */
import { readParquet } from '../../operators/read-parquet.js';
import { InputError } from '../errors.js';
import { show } from '../show.js';
import type { TrainedRun } from '../sources/run.js';
import { ID_COLUMN, LABEL_COLUMNS, type Dataset } from '../store/dataset.js';
import { TextReader } from '../store/texts.js';
import { pipeline } from '../stream/pipeline.js';
import { watched, type Watch } from '../stream/progress.js';

/**
 * Compares the texts of all labels, in blocks, and their ids where both have some: texts may be equal, or empty.
 * @throws InputError naming the first label that differs, or the numbers of labels.
 */
export async function checkLabels(
  { folder, texts, ids }: TrainedRun,
  dataset: Dataset,
  watch: Watch,
): Promise<void> {
  const { dir, labels, paths } = dataset;
  using ownTexts = new TextReader(texts);
  using ownIds = ids === undefined || !dataset.ids ? undefined : new TextReader(ids);
  if (ownTexts.rows !== labels)
    throw new InputError(
      `${dir}: has ${labels} labels, ${folder} was trained on ${ownTexts.rows}: not its data set`,
    );
  const compared = [
    { name: 'text', what: 'label', store: ownTexts },
    ...(ownIds ? [{ name: 'id', what: 'the id of label', store: ownIds }] : []),
  ];
  const columns: Record<string, 'string' | 'key'> = { ...LABEL_COLUMNS, ...(ownIds && ID_COLUMN) };
  const batches = pipeline(paths.labels, readParquet({ columns })).run(
    watched(watch, { stage: 'compare labels', counting: 'read-parquet', total: labels }),
  );
  for await (const { start, rows, columns } of batches) {
    const block = Int32Array.from({ length: rows }, (_x, i) => start + i);
    for (const { name, what, store } of compared) {
      const [here, there] = [columns[name]!, store.gather(block)];
      const at = here.findIndex((value, i) => value !== there[i]);
      if (at < 0) continue;
      const [one, other] = [show(here[at]), show(there[at])];
      throw new InputError(
        `${dir}: ${what} ${start + at} is ${one}, in ${folder} it is ${other}: not its data set`,
      );
    }
  }
}
