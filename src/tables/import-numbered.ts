/** Imports layouts in which texts name their labels by row numbers: that of the Extreme Classification Repository, and Parquet. */
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { writeParquet } from '../../operators/write-parquet.js';
import type { XcText } from '../../operators/read-xc.js';
import type { FileBatch, Schema } from '../formats/columns.js';
import {
  createDataset,
  datasetFiles,
  FILTER_COLUMNS,
  ID_COLUMN,
  LABEL_COLUMNS,
  TEXT_COLUMNS,
  type DatasetDescription,
} from '../store/dataset.js';
import { listAt } from '../formats/lists.js';
import { BadRows, type OnBadRow } from '../formats/bad-rows.js';
import { InputError } from '../errors.js';
import { operator, type Operator } from '../stream/operator.js';
import { pipeline } from '../stream/pipeline.js';
import { watched, type Watch } from '../stream/progress.js';
import { blanks, type Imported } from './imported.js';
import type { Found, Reader, Sources } from './numbered-formats.js';

export interface ImportNumberedOptions {
  found: Found;
  out: string;
  text: XcText;
  /** Column or field of ids; default: the usual ones. */
  id: string | undefined;
  description: Pick<DatasetDescription, 'name' | 'propensity'>;
  onBadRow: OnBadRow;
}

/**
 * Reads each file once and writes the data set; holds one row group in memory.
 * @throws InputError (as cause) naming file, line or row, and value; then nothing is left in `out`.
 */
export async function importNumbered(options: ImportNumberedOptions, watch: Watch): Promise<Imported> {
  const { found, out, text, description, onBadRow } = options;
  const { format, sources } = found;
  const bad = new BadRows(onBadRow);
  const ids = await idsIn(found, options.id, watch);
  const counts = { emptyTexts: 0, emptyLabels: 0, unlabelled: 0 };
  const dataset = await createDataset(out, async (partial) => {
    const files = datasetFiles(partial);
    const write = partWriter({ files, sources, ids }, watch);
    const labels = await write(
      'labels',
      LABEL_COLUMNS,
      format.readLabels({ text, id: ids.labels, bad }),
      ({ columns }) => {
        counts.emptyLabels += blanks(columns.text);
      },
    );
    if (labels === 0) throw new InputError(`${sources.labels[0]!}: contains no labels`);
    const writeTexts = (part: 'train' | 'test') =>
      write(
        part,
        TEXT_COLUMNS,
        format.readTexts({ text, id: ids[part], labels, bad }),
        ({ rows, columns }) => {
          counts.emptyTexts += blanks(columns.text);
          for (let row = 0; row < rows; row++)
            if (listAt(columns.labels, row).length === 0) counts.unlabelled++;
        },
      );
    const rows = { train: await writeTexts('train'), test: await writeTexts('test') };
    for (const [part, of] of [
      ['filterTrain', 'train'],
      ['filterTest', 'test'],
    ] as const) {
      if (sources[part].length === 0) continue;
      const pairs = await write(part, FILTER_COLUMNS, format.readFilter({ rows: rows[of], labels, bad }));
      if (pairs === 0) await rm(files[part]);
    }
    return { ...description, labels, ...rows };
  });
  return { dataset, ...counts, bad: { count: bad.count, reasons: bad.reasons }, repeats: bad.repeats };
}

/**
 * The names of the fields or columns of ids, by part. Texts without ids of the name asked for are told.
 * @throws InputError if labels have none.
 */
async function idsIn({ format, sources }: Found, asked: string | undefined, { note }: Watch): Promise<Ids> {
  const ids: Ids = {};
  for (const part of ['labels', 'train', 'test'] as const) {
    ids[part] = await format.idIn(sources[part], { asked, note });
    if (asked === undefined || ids[part] !== undefined) continue;
    const missing = `${sources[part][0]!}: has no ids, texts or integers, under the name ${asked}`;
    if (part === 'labels') throw new InputError(missing);
    note?.(missing);
  }
  return ids;
}

type Ids = Partial<Record<keyof Sources, string | undefined>>;

interface Parts {
  files: Readonly<Record<keyof Sources, string>>;
  sources: Sources;
  ids: Ids;
}

/** Writes one part of the data set, ids included; `note` sees each batch. Returns its rows. */
const partWriter =
  ({ files, sources, ids }: Parts, watch: Watch) =>
  async <S extends Schema>(
    part: keyof Sources,
    columns: S,
    read: Reader<S>,
    note: (batch: FileBatch<S>) => void = () => undefined,
  ): Promise<number> => {
    const stage = `import ${basename(sources[part][0]!)}`;
    const id = ids[part];
    let missing = 0;
    const count = (batch: FileBatch<S>): void => {
      if (id !== undefined) missing += blanks((batch as FileBatch<Schema & typeof ID_COLUMN>).columns.id);
      note(batch);
    };
    const writer = writeParquet<S, FileBatch<S>>({
      path: files[part],
      columns: id === undefined ? columns : { ...columns, ...ID_COLUMN },
    });
    const written = pipeline(sources[part], read, counting(count), writer);
    const { rows } = await written.first(watched(watch, { stage, counting: 'write-parquet' }));
    if (missing > 0) watch.note?.(`${sources[part][0]!}: ${missing} of ${rows} rows have no ${id}`);
    return rows;
  };

/** Calls `note` with each batch and passes it on. */
const counting = <Batch>(note: (batch: Batch) => void): Operator<Batch, Batch> =>
  operator<Batch, Batch>('count', async function* (batches) {
    for await (const batch of batches) {
      note(batch);
      yield batch;
    }
  });
