/**
 * A data set on disk: a folder with `labels.parquet` (text), `train.parquet` and `test.parquet` (text, labels), each
 * optionally in shards (`labels-00000.parquet`, `labels-00001.parquet`, … in row order; see `shards`), optionally `filter-train.parquet`
 * and `filter-test.parquet` (row, label), and `dataset.json`. The last is written last, in a folder that is then renamed: a
 * folder that has it is complete.
 */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../errors.js';
import { createFolder } from '../files/atomic-folder.js';
import { recordsOf } from '../files/file-record.js';
import { checkSeal, sealed } from '../files/seal.js';
import { checkJson, readJson } from '../files/read-json.js';
import { MOST_IDS, type Schema } from '../formats/columns.js';
import { ParquetFile } from '../formats/parquet-file.js';
import { findShards } from './shards.js';

/** Columns of `labels.parquet`; row `i` is label `i`. */
export const LABEL_COLUMNS = { text: 'string' } as const satisfies Schema;
/** Columns of `train.parquet` and `test.parquet`; labels are rows of `labels.parquet`. */
export const TEXT_COLUMNS = { text: 'string', labels: 'int32 set' } as const satisfies Schema;
/** Of any of the three, optionally: whatever its maker knows a label or a text by. */
export const ID_COLUMN = { id: 'key' } as const satisfies Schema;
/** Columns of the filter files: pairs of a text's row and a label that must not be predicted for it. */
export const FILTER_COLUMNS = { row: 'int32', label: 'int32' } as const satisfies Schema;

const count = z
  .int()
  .min(0)
  .max(MOST_IDS - 1);
const Description = z.object({
  name: z.string().min(1),
  /** Rows of `labels.parquet`, `train.parquet` and `test.parquet`. */
  labels: count.min(1),
  train: count,
  test: count,
  /** The constants A and B of the propensity model, which gives tail labels more weight. */
  propensity: z.tuple([z.number().positive(), z.number().positive()]),
});

/** The content of `dataset.json`. */
export type DatasetDescription = z.infer<typeof Description>;

export interface Dataset extends Readonly<DatasetDescription> {
  readonly dir: string;
  /** Whether labels have ids of their maker, in a column `id`. */
  readonly ids: boolean;
  readonly paths: DatasetPaths;
  /** From the files' footers: bytes of text of all labels and of all training texts, and the latter's labels. */
  readonly sums: Readonly<Record<'bytesOfLabels' | 'bytesOfTexts' | 'labelsOfTexts', number>>;
}

export interface DatasetPaths {
  /** Shards in row order. */
  readonly labels: readonly string[];
  readonly train: readonly string[];
  readonly test: readonly string[];
  /** `undefined` if there is nothing to filter. */
  readonly filterTrain: string | undefined;
  readonly filterTest: string | undefined;
}

/** The files that training reads. */
export const trainingFiles = ({ paths }: Dataset): string[] => [...paths.labels, ...paths.train];

/** The paths of the files in the folder `dir`, whether they exist or not. */
export const datasetFiles = (dir: string) => ({
  labels: join(dir, 'labels.parquet'),
  train: join(dir, 'train.parquet'),
  test: join(dir, 'test.parquet'),
  filterTrain: join(dir, 'filter-train.parquet'),
  filterTest: join(dir, 'filter-test.parquet'),
  description: join(dir, 'dataset.json'),
});

/**
 * Opens a data set: reads its description and the footers of its files.
 * @throws InputError if a file is missing or malformed, the description not what was written, or its rows are not as many as `dataset.json` says.
 */
export async function openDataset(dir: string): Promise<Dataset> {
  const files = datasetFiles(dir);
  const json = readJson(files.description);
  const description = checkJson(files.description, Description, json);
  checkSeal(files.description, json, '; if you changed it, remove its field "seal"');
  const shards = {
    labels: shardsOf(files.labels),
    train: shardsOf(files.train),
    test: shardsOf(files.test),
  };
  let ids = true;
  const sums = { bytesOfLabels: 0, bytesOfTexts: 0, labelsOfTexts: 0 };
  for (const part of ['labels', 'train', 'test'] as const) {
    let rows = 0;
    for (const path of shards[part]) {
      await using file = await ParquetFile.open(path, part === 'labels' ? LABEL_COLUMNS : TEXT_COLUMNS);
      rows += file.rows;
      if (part === 'labels') {
        sums.bytesOfLabels += file.sizeOf('text').bytes;
        ids &&= file.named('key').includes('id');
      }
      if (part !== 'train') continue;
      sums.bytesOfTexts += file.sizeOf('text').bytes;
      sums.labelsOfTexts += (file as ParquetFile<typeof TEXT_COLUMNS>).sizeOf('labels').values;
    }
    if (rows !== description[part])
      throw new InputError(
        `${shards[part].join(', ')}: ${rows} rows, but ${files.description} says ${description[part]}`,
      );
  }
  const [filterTrain, filterTest] = [await filter(files.filterTrain), await filter(files.filterTest)];
  return { ...description, dir, ids, paths: { ...shards, filterTrain, filterTest }, sums };
}

/**
 * Creates a data set atomically: `build` writes the files into a temporary folder and returns their description. If it
 * fails, nothing is left; leftovers of a killed process are removed first.
 * @throws InputError if `dir` is not empty or cannot be created, or if what was built is not a data set.
 */
export async function createDataset(
  dir: string,
  build: (partial: string) => Promise<DatasetDescription>,
): Promise<Dataset> {
  await createFolder({ dir, what: 'a data set' }, async (partial) => {
    const path = datasetFiles(partial).description;
    const description = checkJson(path, Description, await build(partial));
    const files = await recordsOf(partial);
    await writeSynced(path, `${JSON.stringify(sealed({ ...description, files }), undefined, 2)}\n`);
    await openDataset(partial);
  });
  return openDataset(dir);
}

/** The shards of a file, or the file, missing or not. */
const shardsOf = (path: string): string[] => {
  const shards = findShards(path);
  return shards.length > 0 ? shards : [path];
};

async function filter(path: string): Promise<string | undefined> {
  const [found] = findShards(path);
  if (found === undefined) return undefined;
  if (found !== path) throw new InputError(`${found}: a filter in shards; a data set has it in one file`);
  await using file = await ParquetFile.open(path, FILTER_COLUMNS);
  return file.path;
}

async function writeSynced(path: string, text: string): Promise<void> {
  await using file = await open(path, 'w');
  await file.writeFile(text);
  await file.sync();
}
