/** The first pass over tables: texts go to disk, the names of labels to where they are numbered. */
import { basename, join } from 'node:path';
import { writeParquet } from '../../operators/write-parquet.js';
import type { BadRows } from '../formats/bad-rows.js';
import { Matrix } from '../formats/npy.js';
import { datasetFiles, ID_COLUMN, LABEL_COLUMNS } from '../store/dataset.js';
import type { NameNumbers } from '../store/name-numbers.js';
import { operator } from '../stream/operator.js';
import { pipeline } from '../stream/pipeline.js';
import { watched, type Watch } from '../stream/progress.js';
import { blanks, type Imported } from './imported.js';
import { keysOf, type LabelTable } from './label-table.js';
import { readRows, type Rows } from './read-rows.js';
import { RowWriter, type StoredRows } from './stored-rows.js';
import type { Understood } from './understand.js';

/** What both passes of an import share. */
export interface Import {
  /** The folder of the data set, until it is complete. */
  partial: string;
  /** A folder for what is needed only meanwhile. */
  scratch: string;
  names: NameNumbers;
  bad: BadRows;
  counts: Pick<Imported, 'emptyTexts' | 'emptyLabels' | 'unlabelled'>;
  watch: Watch;
}

const watchedRows = (paths: readonly string[], watch: Watch) =>
  watched(watch, { stage: `read ${basename(paths[0]!)}`, counting: 'read-rows' });

/** Stores the texts of a part; `isHeld` tells groups that are held out. */
export async function storeTexts(
  { table, roles, separator }: Understood,
  { part, isHeld = () => false }: { part: string; isHeld?: ((group: string) => boolean) | undefined },
  { scratch, names, bad, watch }: Import,
): Promise<StoredRows> {
  using writer = new RowWriter(join(scratch, part));
  const read = readRows({ table, roles, separator, bad });
  for await (const rows of pipeline(table.paths, read).run(watchedRows(table.paths, watch))) {
    const { labels, group } = rows.columns;
    writer.append(rows, {
      entries: names.add(labels.values),
      held: Uint8Array.from(group, (one) => Number(isHeld(one))),
    });
  }
  return writer.finish();
}

/** Writes the labels of a data set in the order of their table. Returns the entries of their keys. */
export async function storeLabels(labels: LabelTable, work: Import): Promise<Matrix<'int32'>> {
  const { partial, scratch, names, bad, counts, watch } = work;
  const { table, columns } = labels;
  const keys = Matrix.create(join(scratch, 'keys.npy'), { dtype: 'int32', cols: 1 });
  const number = operator<Rows, Rows>('number-labels', async function* (batches) {
    for await (const rows of batches) {
      keys.append(names.add(keysOf(rows, labels.key)));
      counts.emptyLabels += blanks(rows.columns.text);
      yield rows;
    }
  });
  const read = readRows({ table, roles: { text: [columns.text], id: columns.id }, bad });
  const write = writeParquet<typeof LABEL_COLUMNS, Rows>({
    path: datasetFiles(partial).labels,
    columns: { ...LABEL_COLUMNS, ...(columns.id !== undefined && ID_COLUMN) },
  });
  await pipeline(table.paths, read, number, write).first(watchedRows(table.paths, watch));
  return keys;
}
