/** Imports raw files as a data set: those of the Extreme Classification Repository, or any Parquet files. */
import { rm } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import * as z from 'zod';
import { writeParquet } from '../operators/write-parquet.js';
import { command, runIfMain } from '../src/command/command.js';
import { outOption } from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { propensityOf } from '../src/metrics/propensity.js';
import type { FileBatch, Schema } from '../src/formats/columns.js';
import {
  createDataset,
  datasetFiles,
  FILTER_COLUMNS,
  ID_COLUMN,
  LABEL_COLUMNS,
  TEXT_COLUMNS,
  type Dataset,
} from '../src/store/dataset.js';
import { formatOf, type Found, type Reader, type Sources } from '../src/stages/import-formats.js';
import { listAt } from '../src/formats/lists.js';
import { BadRows } from '../src/formats/bad-rows.js';
import { InputError } from '../src/errors.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { pipeline } from '../src/stream/pipeline.js';
import { watched, type Watch } from '../src/stream/progress.js';
import { print } from '../src/files/standard-output.js';

export const ImportOptions = z.object({
  from: z.string().meta({
    description:
      'folder with lbl.json.gz, trn.json.gz, tst.json.gz and optional filter files (all also without .gz), or with labels.parquet, train.parquet, test.parquet (each also in shards) and optional filter files',
    value: 'DIR',
    positional: true,
  }),
  out: outOption(),
  text: z
    .enum(['title', 'title+content'])
    .default('title')
    .meta({ description: 'JSON fields that make up a text', value: 'title|title+content' }),
  name: z
    .string()
    .optional()
    .meta({ description: 'name of the data set; default: name of the folder', value: 'NAME' }),
  propensity: z.tuple([z.number().positive(), z.number().positive()]).optional().meta({
    description:
      'constants of the propensity model; default: the published ones for the name: 0.6,2.6 for Amazon, 0.5,0.4 for Wikipedia, else 0.55,1.5',
    value: 'A,B',
  }),
  id: z.string().min(1).optional().meta({
    description:
      'column or JSON field of your own ids of labels and texts, kept and answered with; default: id or uid, where there is one',
    value: 'NAME',
  }),
  onBadRow: z.enum(['stop', 'skip']).default('stop').meta({
    description:
      'stop: the first bad row ends the import; skip: a bad row is treated as empty, so row numbers do not shift',
    value: 'stop|skip',
  }),
});
export type ImportOptions = z.input<typeof ImportOptions>;

export interface ImportResult {
  dataset: Dataset;
  /** Number of blank texts in train and test, which are kept. */
  emptyTexts: number;
  /** Number of labels with a blank text, which are kept. */
  emptyLabels: number;
  /** Number of texts in train and test without any label, which are kept. */
  unlabelled: number;
  /** Number of bad rows, which were treated as empty, and the reasons of the first ten. */
  bad: { count: number; reasons: string[] };
  /** Number of labels that a text named again, which count once. */
  repeats: number;
}

/**
 * Reads each file once and writes the data set; holds one row group in memory.
 * @throws InputError (as cause) naming file, line or row, and value; then nothing is left in `out`.
 */
export async function importDataset(given: ImportOptions, watch: Watch = {}): Promise<ImportResult> {
  const options = checkOptions(ImportOptions, given);
  const { from, out, text, name = basename(resolve(from)), propensity = propensityOf(name) } = options;
  const { format, sources } = formatOf(from);
  const bad = new BadRows(options.onBadRow);
  const ids = await idsIn({ format, sources }, options.id, watch);
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
    return { name, labels, ...rows, propensity: [...propensity] };
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

const blanks = (texts: string[]): number => texts.filter((text) => text.trim() === '').length;

/** Calls `note` with each batch and passes it on. */
const counting = <Batch>(note: (batch: Batch) => void): Operator<Batch, Batch> =>
  operator<Batch, Batch>('count', async function* (batches) {
    for await (const batch of batches) {
      note(batch);
      yield batch;
    }
  });

export const importCommand = command({
  name: 'import',
  summary: 'Create a data set from files of the Extreme Classification Repository, or from Parquet files',
  options: ImportOptions,
  async run(options, watch) {
    const { dataset, emptyTexts, emptyLabels, unlabelled, bad, repeats } = await importDataset(
      options,
      watch,
    );
    const { dir, labels, train, test } = dataset;
    for (const reason of bad.reasons) watch.note?.(`bad row: ${reason}`);
    if (bad.count > bad.reasons.length) watch.note?.(`and ${bad.count - bad.reasons.length} more bad rows`);
    const lines = [
      `${dir}: ${labels} labels (${emptyLabels} of them empty), ${train} training and ${test} test texts ` +
        `(${emptyTexts} of them empty, ${unlabelled} without labels)`,
    ];
    if (options.onBadRow === 'skip') lines.push(`${bad.count} bad rows treated as empty`);
    if (repeats > 0) lines.push(`${repeats} labels named again by the same text dropped`);
    await print(`${lines.join('\n')}\n`);
  },
});
await runIfMain(import.meta.url, importCommand);
