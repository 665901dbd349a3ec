/** Layouts of folders in which texts name their labels by row numbers. */
import { join } from 'node:path';
import { readParquet } from '../../operators/read-parquet.js';
import { renameColumn } from '../../operators/rename-column.js';
import { readXcFilter, readXcLabels, readXcTexts, type XcText } from '../../operators/read-xc.js';
import { isThere } from '../files/is-there.js';
import { InputError } from '../errors.js';
import type { BadRows } from '../formats/bad-rows.js';
import type { FileBatch, Schema } from '../formats/columns.js';
import { readLines, type Line } from '../formats/lines.js';
import { ParquetFile } from '../formats/parquet-file.js';
import { datasetFiles, FILTER_COLUMNS, LABEL_COLUMNS, TEXT_COLUMNS } from '../store/dataset.js';
import { findShards, twoSources } from '../store/shards.js';
import { isFolder } from './find-tables.js';
import { chain } from '../stream/chain.js';
import type { Operator } from '../stream/operator.js';
import type { Watch } from '../stream/progress.js';

/** The files of each part in a folder; empty if there are none. */
export type Sources = Record<'labels' | 'train' | 'test' | 'filterTrain' | 'filterTest', string[]>;

export type Reader<S extends Schema> = Operator<string, FileBatch<S>>;

/** A layout of folders with data. */
export interface Format {
  /** Files that a folder of this format must have; it is recognised by that of the labels. */
  names: Record<'labels' | 'train' | 'test', string>;
  find: (dir: string) => Sources;
  readLabels: (options: {
    text: XcText;
    id: string | undefined;
    bad: BadRows;
  }) => Reader<typeof LABEL_COLUMNS>;
  readTexts: (options: {
    text: XcText;
    id: string | undefined;
    labels: number;
    bad: BadRows;
  }) => Reader<typeof TEXT_COLUMNS>;
  /** The name asked for, or else the first usual one, if the files have texts or integers under it. */
  idIn: FindId;
  readFilter: (options: { rows: number; labels: number; bad: BadRows }) => Reader<typeof FILTER_COLUMNS>;
}

/** The columns, and the one of ids under its name in the file. */
const withId = <S extends Schema>(columns: S, id: string | undefined): S => ({
  ...columns,
  ...(id !== undefined && { [id]: 'key' }),
});

/** Gives the column of ids its name in a data set. */
const namingIds = <S extends Schema>(read: Reader<S>, id: string | undefined): Reader<S> =>
  id === undefined ? read : chain(read, renameColumn<FileBatch<S>>({ from: id, to: 'id' }));

interface FindIdOptions {
  asked: string | undefined;
  note: Watch['note'];
}
type FindId = (paths: readonly string[], options: FindIdOptions) => Promise<string | undefined>;

/** The names of ids if none is asked for. */
const USUAL = ['id', 'uid'];

/** Of all files. A usual name that only some have, or for values of another type, is told. */
const idInParquet: FindId = async (paths, { asked, note }) => {
  const files: { all: string[]; keys: string[] }[] = [];
  for (const path of paths) {
    await using file = await ParquetFile.open(path, {});
    files.push({ all: file.named(), keys: file.named('key') });
  }
  for (const name of asked === undefined ? USUAL : [asked]) {
    const without = files.findIndex(({ keys }) => !keys.includes(name));
    if (without < 0) return name;
    if (asked === undefined && files.some(({ all }) => all.includes(name)))
      note?.(`${paths[without]!}: column ${name} has no texts or integers, so it is not read as ids`);
  }
  return undefined;
};

/**
 * Of any line, of which not all need an id. For a usual name only the first chunk of the file is searched: a file without ids
 * would be read twice.
 */
const idInLines: FindId = async ([path], { asked }) => {
  for await (const lines of readLines(path!)) {
    const records = lines.map(fieldsOf);
    const names = asked === undefined ? USUAL : [asked];
    const found = names.find((name) => records.some((fields) => /string|number/.test(typeof fields[name])));
    if (found !== undefined || asked === undefined) return found;
  }
  return undefined;
};

/** The fields of a line; none if it is bad, which whoever reads it for its text says. */
function fieldsOf(line: Line): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(line.text) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

const XC: Format = {
  names: { labels: 'lbl.json.gz', train: 'trn.json.gz', test: 'tst.json.gz' },
  find: (dir) => {
    const only = (...names: string[]) => {
      const paths = names.flatMap((name) => [join(dir, `${name}.gz`), join(dir, name)]);
      const found = paths.filter((path) => isThere(path));
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
  idIn: idInLines,
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
  idIn: idInParquet,
  readLabels: ({ id, bad }) => namingIds(readParquet({ columns: withId(LABEL_COLUMNS, id), bad }), id),
  readTexts: ({ id, labels, bad }) =>
    namingIds(readParquet({ columns: withId(TEXT_COLUMNS, id), below: { labels }, bad }), id),
  readFilter: ({ rows, labels, bad }) =>
    readParquet({ columns: FILTER_COLUMNS, below: { row: rows, label: labels }, bad }),
};

/** A layout, and the files of a folder in it. */
export interface Found {
  format: Format;
  sources: Sources;
}

/**
 * The layout of a folder; none if its texts do not name labels by row numbers.
 * @throws InputError if it has files of both layouts, or a part is missing.
 */
export async function findNumbered(from: string): Promise<Found | undefined> {
  if (!isFolder(from)) return undefined;
  const [xc, parquet] = [XC, PARQUET].map((format) => ({ format, sources: format.find(from) }));
  const found = Object.values(xc!.sources).some((paths) => paths.length > 0) ? xc! : parquet!;
  if (found === parquet && !(await hasNumbers(found.sources))) return undefined;
  const { format, sources } = found;
  for (const part of Object.keys(sources) as (keyof Sources)[]) {
    const [path, rival] = [xc!.sources[part][0], parquet!.sources[part][0]];
    if (path !== undefined && rival !== undefined) throw twoSources(path, rival);
  }
  for (const part of ['labels', 'train', 'test'] as const)
    if (sources[part].length === 0) throw new InputError(`${join(from, format.names[part])}: no such file`);
  return found;
}

/** Whether there are labels, and training texts that name them by integers. */
async function hasNumbers({ labels, train }: Sources): Promise<boolean> {
  if (labels.length === 0 || train.length === 0) return false;
  await using file = await ParquetFile.open(train[0]!, {});
  return file.named('int32[]').includes('labels');
}

/** The fields that make up a text of the repository. @throws InputError if it is neither of the two. */
export function xcText(text = 'title'): XcText {
  if (text === 'title') return text;
  if (/^title[+,]content$/.test(text)) return 'title+content';
  throw new InputError(`text: expected title or title,content of the repository's files, got ${text}`);
}
