/** The raw files of the Extreme Classification Repository as a data set. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import * as z from 'zod';
import { readXcFilter, readXcLabels, readXcTexts } from '../operators/read-xc.js';
import { writeParquet } from '../operators/write-parquet.js';
import { command, runIfMain } from '../src/command/command.js';
import { outOption } from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { propensityOf } from '../src/metrics/propensity.js';
import {
  createDataset,
  datasetFiles,
  FILTER_COLUMNS,
  LABEL_COLUMNS,
  TEXT_COLUMNS,
  type Dataset,
} from '../src/store/dataset.js';
import { listAt } from '../src/store/ragged.js';
import { InputError } from '../src/stream/errors.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { pipeline } from '../src/stream/pipeline.js';
import { watched, type Watch } from '../src/stream/progress.js';

export const ImportXcOptions = z.object({
  xc: z.string().meta({
    description:
      'folder with lbl.json.gz, trn.json.gz, tst.json.gz and perhaps filter files; unpacked ones do too',
    value: 'XC_DIR',
    positional: true,
  }),
  out: outOption(),
  text: z
    .enum(['title', 'title+content'])
    .default('title')
    .meta({ description: 'fields that make a text', value: 'title|title+content' }),
  name: z
    .string()
    .optional()
    .meta({ description: 'name of the data set; default: that of the folder', value: 'NAME' }),
  propensity: z.tuple([z.number().positive(), z.number().positive()]).optional().meta({
    description:
      'constants of the propensity model; default by the name, as published: 0.6,2.6 for Amazon, 0.5,0.4 for Wikipedia, else 0.55,1.5',
    value: 'A,B',
  }),
});
export type ImportXcOptions = z.input<typeof ImportXcOptions>;

export interface ImportXcResult {
  dataset: Dataset;
  /** Texts of train and test that are blank. They are kept. */
  emptyTexts: number;
  /** Labels whose text is blank. They are kept. */
  emptyLabels: number;
  /** Texts of train and test without any label. They are kept. */
  unlabelled: number;
}

/** What each part is called there. */
const NAMES = {
  labels: ['lbl.json'],
  train: ['trn.json'],
  test: ['tst.json'],
  filterTrain: ['filter_labels_train.txt', 'trn_filter_labels.txt'],
  filterTest: ['filter_labels_test.txt', 'tst_filter_labels.txt'],
};

/**
 * Reads each file once, line by line, and writes the data set; nothing is held in memory but a row group.
 * @throws InputError (as cause) naming file, line and value; nothing is left in `out` then.
 */
export async function importXc(given: ImportXcOptions, watch: Watch = {}): Promise<ImportXcResult> {
  const {
    xc,
    out,
    text,
    name = basename(resolve(xc)),
    propensity = propensityOf(name),
  } = checkOptions(ImportXcOptions, given);
  const sources = {
    labels: required(xc, NAMES.labels),
    train: required(xc, NAMES.train),
    test: required(xc, NAMES.test),
    filterTrain: find(xc, NAMES.filterTrain),
    filterTest: find(xc, NAMES.filterTest),
  };
  const counts = { emptyTexts: 0, emptyLabels: 0, unlabelled: 0 };
  const dataset = await createDataset(out, async (partial) => {
    const files = datasetFiles(partial);
    const run = (path: string) =>
      watched(watch, { stage: `import ${basename(path)}`, counting: 'write-parquet' });

    const { rows: labels } = await pipeline(
      [sources.labels],
      readXcLabels({ text }),
      counting(({ columns }) => {
        counts.emptyLabels += blanks(columns.text);
      }),
      writeParquet({ path: files.labels, columns: LABEL_COLUMNS }),
    ).first(run(sources.labels));
    if (labels === 0) throw new InputError(`${sources.labels}: holds no labels`);

    const rows = { train: 0, test: 0 };
    for (const part of ['train', 'test'] as const) {
      const written = await pipeline(
        [sources[part]],
        readXcTexts({ text, labels }),
        counting(({ rows, columns }) => {
          counts.emptyTexts += blanks(columns.text);
          for (let row = 0; row < rows; row++)
            if (listAt(columns.labels, row).length === 0) counts.unlabelled++;
        }),
        writeParquet({ path: files[part], columns: TEXT_COLUMNS }),
      ).first(run(sources[part]));
      rows[part] = written.rows;
    }

    for (const [part, of] of [
      ['filterTrain', 'train'],
      ['filterTest', 'test'],
    ] as const) {
      const source = sources[part];
      if (source === undefined) continue;
      const written = await pipeline(
        [source],
        readXcFilter({ rows: rows[of], labels }),
        writeParquet({ path: files[part], columns: FILTER_COLUMNS }),
      ).first(run(source));
      if (written.rows === 0) await rm(files[part]);
    }
    return { name, labels, ...rows, propensity: [...propensity] };
  });
  return { dataset, ...counts };
}

const blanks = (texts: string[]): number => texts.filter((text) => text.trim() === '').length;

/** Hands batches on, each of which `note` has seen. */
const counting = <Batch>(note: (batch: Batch) => void): Operator<Batch, Batch> =>
  operator<Batch, Batch>('count', async function* (batches) {
    for await (const batch of batches) {
      note(batch);
      yield batch;
    }
  });

/** The first of these files that is there, packed or not. */
const find = (dir: string, names: string[]): string | undefined =>
  names
    .flatMap((name) => [`${name}.gz`, name])
    .map((name) => join(dir, name))
    .find((path) => existsSync(path));

function required(dir: string, names: string[]): string {
  const path = find(dir, names);
  if (path === undefined) throw new InputError(`${join(dir, `${names[0]!}.gz`)}: no such file`);
  return path;
}

export const importCommand = command({
  name: 'import',
  summary: 'Make a data set of the raw files of the Extreme Classification Repository',
  options: ImportXcOptions,
  async run(options, watch) {
    const { dataset, emptyTexts, emptyLabels, unlabelled } = await importXc(options, watch);
    const { dir, labels, train, test } = dataset;
    process.stdout.write(
      `${dir}: ${labels} labels (${emptyLabels} of them empty), ${train} training and ${test} test texts ` +
        `(${emptyTexts} of them empty, ${unlabelled} without labels)\n`,
    );
  },
});
await runIfMain(import.meta.url, importCommand);
