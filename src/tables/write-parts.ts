/** The second pass over tables: the parts of a data set, with the numbers of labels in place of their names. */
import { writeParquet } from '../../operators/write-parquet.js';
import type { ColumnBatch } from '../formats/columns.js';
import { listAt, listCount, toLists } from '../formats/lists.js';
import { datasetFiles, ID_COLUMN, LABEL_COLUMNS, TEXT_COLUMNS } from '../store/dataset.js';
import type { NumberedNames } from '../store/name-numbers.js';
import { pipeline } from '../stream/pipeline.js';
import { watched } from '../stream/progress.js';
import { blanks } from './imported.js';
import { toLabels, type LabelNumbers } from './label-numbers.js';
import type { SharedTexts } from './shared-texts.js';
import type { Import } from './store-rows.js';
import type { StoredRows } from './stored-rows.js';

const BATCH = 4096;

/** Writes each name as the text of a label. */
export async function writeNames({ names }: NumberedNames, { partial, watch }: Import): Promise<void> {
  async function* batches(): AsyncGenerator<ColumnBatch<typeof LABEL_COLUMNS>> {
    for (let begin = 0; begin < names.rows; begin += BATCH) {
      const rows = Math.min(BATCH, names.rows - begin);
      const text = names.gather(Int32Array.from({ length: rows }, (_x, i) => begin + i));
      yield { rows, columns: { text } };
    }
  }
  const write = writeParquet({ path: datasetFiles(partial).labels, columns: LABEL_COLUMNS });
  const progress = { stage: 'write labels', counting: 'write-parquet', total: names.rows };
  await pipeline(batches(), write).first(watched(watch, progress));
}

export interface Part {
  part: 'train' | 'test';
  stored: StoredRows;
  /** Whether a row belongs to the part; `inHeldGroup` as it was stored. */
  has: (row: number, inHeldGroup: boolean) => boolean;
  /** Whether texts have ids. */
  ids: boolean;
}

/** An import whose labels are numbered. */
export interface Numbering extends Import {
  numbered: NumberedNames;
  labels: LabelNumbers;
  shared: SharedTexts;
}

type PartColumns = typeof TEXT_COLUMNS & typeof ID_COLUMN;

/** Writes a part. Returns its rows. */
export async function writeTexts(
  { part, stored, has, ids }: Part,
  { numbered, labels, shared, partial, bad, counts, watch }: Numbering,
): Promise<number> {
  async function* batches(): AsyncGenerator<ColumnBatch<PartColumns>> {
    for (const block of stored.blocks(BATCH)) {
      const rows = Array.from(block.text.keys()).filter((row) =>
        has(block.start + row, block.held[row] === 1),
      );
      if (rows.length === 0) continue;
      const sets = toLabels(toLists(rows.map((row) => listAt(block.labels, row))), {
        numbered,
        labels,
        bad,
        placeOf: (at) => stored.placeOf(block.start + rows[at]!),
      });
      const text = rows.map((row) => block.text[row]!);
      shared.add(part, text);
      counts.emptyTexts += blanks(text);
      for (let at = 0; at < listCount(sets); at++) if (listAt(sets, at).length === 0) counts.unlabelled++;
      yield { rows: rows.length, columns: { text, labels: sets, id: rows.map((row) => block.id[row]!) } };
    }
  }
  const write = writeParquet<typeof TEXT_COLUMNS, ColumnBatch<PartColumns>>({
    path: datasetFiles(partial)[part],
    columns: { ...TEXT_COLUMNS, ...(ids && ID_COLUMN) },
  });
  const progress = { stage: `write ${part}`, counting: 'write-parquet' };
  return (await pipeline(batches(), write).first(watched(watch, progress))).rows;
}
