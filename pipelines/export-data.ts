/** Exports a data set as tables in which texts name their labels, for people and for other programs. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { readParquet } from '../operators/read-parquet.js';
import { writeCsv, type WrittenCells } from '../operators/write-csv.js';
import { writeJsonl } from '../operators/write-jsonl.js';
import { writeParquet, type Written } from '../operators/write-parquet.js';
import { command, runIfMain } from '../src/command/command.js';
import { dataOption, outOption } from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { createFolder } from '../src/files/atomic-folder.js';
import { print } from '../src/files/standard-output.js';
import type { ColumnBatch, FileBatch } from '../src/formats/columns.js';
import { ParquetFile } from '../src/formats/parquet-file.js';
import { ID_COLUMN, LABEL_COLUMNS, openDataset, TEXT_COLUMNS } from '../src/store/dataset.js';
import { TextReader, TextWriter } from '../src/store/texts.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { pipeline } from '../src/stream/pipeline.js';
import { watched, type Watch } from '../src/stream/progress.js';

const KINDS = ['csv', 'jsonl', 'parquet'] as const;

export const ExportDataOptions = z.object({
  data: dataOption(),
  out: outOption(),
  to: z.enum(KINDS).meta({ description: 'kind of the tables', value: KINDS.join('|') }),
});
export type ExportDataOptions = z.input<typeof ExportDataOptions>;

const LABELS = { ...ID_COLUMN, ...LABEL_COLUMNS } as const;
const TEXTS = { text: 'string', labels: 'string[]' } as const;

/**
 * Writes `labels` (`id`, `text`), `train` and `test` (`id` if there are ids, `text`, `labels`), which `import` reads as the same data set.
 * Texts name labels by their own ids, or by their row numbers where they have none. Memory: a batch. Returns the numbers of rows.
 * @throws InputError if the data set is invalid or `out` is not empty; then nothing is left in `out`.
 */
export async function exportData(
  given: ExportDataOptions,
  watch: Watch = {},
): Promise<Record<string, number>> {
  const { data, out, to } = checkOptions(ExportDataOptions, given);
  const dataset = await openDataset(data);
  const rows: Record<string, number> = {};
  await createFolder({ dir: out, what: 'tables' }, async (partial) => {
    const scratch = join(partial, 'scratch');
    await mkdir(scratch);
    const base = join(scratch, 'label-ids');
    const progress = (part: string) => watched(watch, { stage: `export ${part}`, counting: `write-${to}` });
    const labels = pipeline(
      dataset.paths.labels,
      readParquet<typeof LABEL_COLUMNS>({ columns: { ...LABEL_COLUMNS, ...(dataset.ids && ID_COLUMN) } }),
      withIds(base),
      writer(to, join(partial, 'labels'), LABELS),
    );
    rows.labels = (await labels.first(progress('labels'))).rows;
    for (const part of ['train', 'test'] as const) {
      const paths = dataset.paths[part];
      const ids = (await haveIds(paths)) ? ID_COLUMN : undefined;
      const texts = pipeline(
        paths,
        readParquet<typeof TEXT_COLUMNS>({ columns: { ...ids, ...TEXT_COLUMNS } }),
        withNames(base),
        writer<typeof TEXTS>(to, join(partial, part), { ...ids, ...TEXTS }),
      );
      rows[part] = (await texts.first(progress(part))).rows;
    }
    await rm(scratch, { recursive: true });
  });
  for (const filter of [dataset.paths.filterTrain, dataset.paths.filterTest])
    if (filter !== undefined) watch.note?.(`${filter}: not exported: tables have no pairs to filter`);
  return rows;
}

/** The ids of labels, which a store at `base` gets too: their own, or their row numbers. */
const withIds = (base: string): Operator<FileBatch<typeof LABEL_COLUMNS>, ColumnBatch<typeof LABELS>> =>
  operator('with-ids', async function* (batches, { own }) {
    const store = own(new TextWriter(base));
    for await (const { start, rows, columns } of batches) {
      const { id = Array.from({ length: rows }, (_x, i) => String(start + i)) } = columns as Partial<Ids> &
        typeof columns;
      store.append(id);
      yield { rows, columns: { ...columns, id } };
    }
    store.finish();
  });

interface Ids {
  id: string[];
}

/** Replaces labels by their ids. */
const withNames = (base: string): Operator<FileBatch<typeof TEXT_COLUMNS>, ColumnBatch<typeof TEXTS>> =>
  operator('with-names', async function* (batches, { own }) {
    const store = own(new TextReader(base));
    for await (const { rows, columns } of batches) {
      const { offsets, values } = columns.labels;
      yield { rows, columns: { ...columns, labels: { offsets, values: store.gather(values) } } };
    }
  });

function writer<S extends WrittenCells>(
  to: (typeof KINDS)[number],
  base: string,
  columns: S,
): Operator<ColumnBatch<S>, Written> {
  const path = `${base}.${to}`;
  if (to === 'csv') return writeCsv({ path, columns });
  return to === 'jsonl' ? writeJsonl({ path, columns }) : writeParquet({ path, columns });
}

async function haveIds(paths: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    await using file = await ParquetFile.open(path, {});
    if (!file.named('key').includes('id')) return false;
  }
  return true;
}

export const exportDataCommand = command({
  name: 'export-data',
  summary: 'Write a data set as CSV, JSON lines or Parquet in which texts name their labels',
  options: ExportDataOptions,
  async run(options, watch) {
    const { labels, train, test } = await exportData(options, watch);
    await print(`${options.out}: ${labels!} labels, ${train!} training and ${test!} test texts\n`);
  },
});
await runIfMain(import.meta.url, exportDataCommand);
