/** The raw files of the Extreme Classification Repository as a data set. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { readXcFilter, readXcLabels, readXcTexts, type XcText } from '../operators/read-xc.js';
import { writeParquet } from '../operators/write-parquet.js';
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

export interface ImportXcOptions extends Watch {
  /** Folder with `lbl.json.gz`, `trn.json.gz`, `tst.json.gz` and perhaps the filter files; unpacked ones do too. */
  xc: string;
  /** Folder of the data set to make; must not hold anything yet. */
  out: string;
  /** Default 'title'. */
  text?: XcText | undefined;
  /** Default: the name of the folder `xc`. */
  name?: string | undefined;
  /** The constants A and B of the propensity model; default [0.55, 1.5]. */
  propensity?: [number, number] | undefined;
}

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
export async function importXc({
  xc,
  out,
  text = 'title',
  name = basename(resolve(xc)),
  propensity = [0.55, 1.5],
  ...watch
}: ImportXcOptions): Promise<ImportXcResult> {
  if (!propensity.every((constant) => constant > 0))
    throw new RangeError(`propensity: expected two positive numbers, got ${propensity.join(', ')}`);
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
    return { name, labels, ...rows, propensity };
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
