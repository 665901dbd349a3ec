/** Imports raw files as a data set: those of the Extreme Classification Repository, or any Parquet files. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import * as z from 'zod';
import { readParquet } from '../operators/read-parquet.js';
import { readXcFilter, readXcLabels, readXcTexts, type XcText } from '../operators/read-xc.js';
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
  LABEL_COLUMNS,
  TEXT_COLUMNS,
  type Dataset,
} from '../src/store/dataset.js';
import { findShards, twoSources } from '../src/store/shards.js';
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

/** The files of each part in a folder; empty if there are none. */
type Sources = Record<'labels' | 'train' | 'test' | 'filterTrain' | 'filterTest', string[]>;

type Reader<S extends Schema> = Operator<string, FileBatch<S>>;

/** A layout of folders with data. */
interface Format {
  /** Files that a folder of this format must have; it is recognised by that of the labels. */
  names: Record<'labels' | 'train' | 'test', string>;
  find: (dir: string) => Sources;
  readLabels: (options: { text: XcText; bad: BadRows }) => Reader<typeof LABEL_COLUMNS>;
  readTexts: (options: { text: XcText; labels: number; bad: BadRows }) => Reader<typeof TEXT_COLUMNS>;
  readFilter: (options: { rows: number; labels: number; bad: BadRows }) => Reader<typeof FILTER_COLUMNS>;
}

const XC: Format = {
  names: { labels: 'lbl.json.gz', train: 'trn.json.gz', test: 'tst.json.gz' },
  find: (dir) => {
    const only = (...names: string[]) => {
      const paths = names.flatMap((name) => [join(dir, `${name}.gz`), join(dir, name)]);
      const found = paths.filter((path) => existsSync(path));
      if (found.length > 1) throw twoSources(found[0]!, found[1]!);
      return found;
    };
    return {
      labels: only('lbl.json'),
      train: only('trn.json'),
      test: only('tst.json'),
      filterTrain: only('filter_labels_train.txt', 'trn_filter_labels.txt'),
      filterTest: only('filter_labels_test.txt', 'tst_filter_labels.txt'),
    };
  },
  readLabels: readXcLabels,
  readTexts: readXcTexts,
  readFilter: readXcFilter,
};

const PARQUET: Format = {
  names: { labels: 'labels.parquet', train: 'train.parquet', test: 'test.parquet' },
  find: (dir) => {
    const files = datasetFiles(dir);
    return {
      labels: findShards(files.labels),
      train: findShards(files.train),
      test: findShards(files.test),
      filterTrain: findShards(files.filterTrain),
      filterTest: findShards(files.filterTest),
    };
  },
  readLabels: ({ bad }) => readParquet({ columns: LABEL_COLUMNS, bad }),
  readTexts: ({ labels, bad }) => readParquet({ columns: TEXT_COLUMNS, below: { labels }, bad }),
  readFilter: ({ rows, labels, bad }) =>
    readParquet({ columns: FILTER_COLUMNS, below: { row: rows, label: labels }, bad }),
};

/**
 * Reads each file once and writes the data set; holds one row group in memory.
 * @throws InputError (as cause) naming file, line or row, and value; then nothing is left in `out`.
 */
export async function importDataset(given: ImportOptions, watch: Watch = {}): Promise<ImportResult> {
  const options = checkOptions(ImportOptions, given);
  const { from, out, text, name = basename(resolve(from)), propensity = propensityOf(name) } = options;
  const { format, sources } = formatOf(from);
  const bad = new BadRows(options.onBadRow);
  const counts = { emptyTexts: 0, emptyLabels: 0, unlabelled: 0 };
  const dataset = await createDataset(out, async (partial) => {
    const files = datasetFiles(partial);
    const write = async <S extends Schema>(
      part: keyof Sources,
      columns: S,
      read: Reader<S>,
      note: (batch: FileBatch<S>) => void = () => undefined,
    ): Promise<number> => {
      const stage = `import ${basename(sources[part][0]!)}`;
      const writer = writeParquet<S, FileBatch<S>>({ path: files[part], columns });
      const written = pipeline(sources[part], read, counting(note), writer);
      return (await written.first(watched(watch, { stage, counting: 'write-parquet' }))).rows;
    };
    const labels = await write('labels', LABEL_COLUMNS, format.readLabels({ text, bad }), ({ columns }) => {
      counts.emptyLabels += blanks(columns.text);
    });
    if (labels === 0) throw new InputError(`${sources.labels[0]!}: contains no labels`);
    const writeTexts = (part: 'train' | 'test') =>
      write(part, TEXT_COLUMNS, format.readTexts({ text, labels, bad }), ({ rows, columns }) => {
        counts.emptyTexts += blanks(columns.text);
        for (let row = 0; row < rows; row++)
          if (listAt(columns.labels, row).length === 0) counts.unlabelled++;
      });
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

/** @throws InputError if the folder has neither format, files of both, or a part is missing. */
function formatOf(dir: string): { format: Format; sources: Sources } {
  const [found, other] = [XC, PARQUET]
    .map((format) => ({ format, sources: format.find(dir) }))
    .filter(({ sources }) => Object.values(sources).some((paths) => paths.length > 0));
  if (!found) throw new InputError(`${dir}: contains neither ${XC.names.labels} nor ${PARQUET.names.labels}`);
  for (const [part, [path]] of Object.entries(found.sources)) {
    const rival = other?.sources[part as keyof Sources][0];
    if (path !== undefined && rival !== undefined) throw twoSources(path, rival);
  }
  const { format, sources } = found;
  for (const part of ['labels', 'train', 'test'] as const)
    if (sources[part].length === 0) throw new InputError(`${join(dir, format.names[part])}: no such file`);
  return found;
}

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
