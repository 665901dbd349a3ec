/** Tables that others wrote, whatever their kind: their columns are found out, their rows are read by the names of columns. */
import { readCsv, type CsvDialect, type CsvSchema } from '../../operators/read-csv.js';
import { readJsonl } from '../../operators/read-jsonl.js';
import { readParquet } from '../../operators/read-parquet.js';
import { inputKind } from '../command/kinds.js';
import { InputError } from '../errors.js';
import type { BadRows } from '../formats/bad-rows.js';
import type { FileBatch } from '../formats/columns.js';
import type { Delimiting } from '../formats/csv.js';
import { readBeginning } from '../formats/csv-dialect.js';
import { readLines } from '../formats/lines.js';
import { ParquetFile } from '../formats/parquet-file.js';
import type { Operator } from '../stream/operator.js';
import { isUri } from './usual-names.js';

export interface ReadColumnsOptions<S extends CsvSchema> {
  columns: S;
  /** Maximum rows in a batch; default 4096. */
  batch?: number;
  bad?: BadRows | undefined;
}

export interface Table {
  /** One file, or shards in row order. */
  readonly paths: readonly string[];
  /** Without a header they are called 1, 2, …. */
  readonly columns: readonly string[];
  /** How it is written, in words. */
  readonly written: string;
  readonly read: <S extends CsvSchema>(options: ReadColumnsOptions<S>) => Operator<string, FileBatch<S>>;
}

export interface OpenTableOptions {
  /** At least one; the first one tells the columns. */
  paths: readonly string[];
  /** Names that were asked for: a first row that has one of them is a header. */
  asked?: readonly string[];
  /** How a delimited file is written, where that is not to be found out. */
  delimiting?: Partial<Delimiting>;
}

/** @throws InputError if the name does not tell the kind, or the beginning cannot be read. */
export async function openTable({ paths, asked = [], delimiting = {} }: OpenTableOptions): Promise<Table> {
  const [path] = paths;
  const kind = inputKind(path!);
  if (kind === 'csv') return openDelimited(paths, asked, delimiting);
  if (kind === 'lines') throw new InputError(`${path!}: expected .csv, .tsv, .jsonl or .parquet`);
  const read = kind === 'parquet' ? readParquet : readJsonl;
  const columns = await (kind === 'parquet' ? columnsOfParquet(path!) : fieldsOfLines(path!));
  return {
    paths,
    columns,
    written: kind === 'parquet' ? 'Parquet' : 'JSON lines',
    read: (options) => read(options),
  };
}

const WORDS: Readonly<Record<string, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'bars',
};

async function openDelimited(
  paths: readonly string[],
  asked: readonly string[],
  delimiting: Partial<Delimiting>,
): Promise<Table> {
  const { first, delimiter, quote } = await readBeginning(paths[0]!, delimiting);
  if (!first) throw new InputError(`${paths[0]!}: contains no rows`);
  const header = isHeader(first, asked);
  const dialect: CsvDialect = { delimiter, quote, header };
  const between = WORDS[delimiter] ?? `"${delimiter}"`;
  return {
    paths,
    columns: header ? first : first.map((_cell, at) => String(at + 1)),
    written: `${between}, ${quote === undefined ? 'no quotes' : 'quotes'}, ${header ? 'a header' : 'no header'}`,
    read: (options) => readCsv({ ...options, dialect }),
  };
}

/** Whether a first row names the columns: it does, unless columns are asked for by number, or it has URIs, as Annif's files do. */
function isHeader(first: readonly string[], asked: readonly string[]): boolean {
  if (asked.some((name) => first.includes(name))) return true;
  if (first.some(isUri)) return false;
  const isNumber = (name: string): boolean => /^[1-9]\d*$/.test(name) && Number(name) <= first.length;
  return asked.length === 0 || !asked.every(isNumber);
}

async function columnsOfParquet(path: string): Promise<string[]> {
  await using file = await ParquetFile.open(path, {});
  return file.named('cell[]');
}

/** Lines in which fields are looked for. */
const FIRST_LINES = 1000;

/** The fields of the first lines. A bad line has none; whoever reads it for its text says so. */
async function fieldsOfLines(path: string): Promise<string[]> {
  const fields = new Set<string>();
  let left = FIRST_LINES;
  for await (const lines of readLines(path)) {
    for (const { text } of lines.slice(0, left)) for (const field of fieldsOf(text)) fields.add(field);
    left -= lines.length;
    if (left <= 0) break;
  }
  if (left === FIRST_LINES) throw new InputError(`${path}: contains no rows`);
  return [...fields];
}

function fieldsOf(text: string): string[] {
  try {
    return Object.keys((JSON.parse(text) ?? {}) as object);
  } catch {
    return [];
  }
}
