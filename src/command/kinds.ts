/** Kinds of files by the ends of their names: what a kind does not fit is refused, not read or written as another. */
import { InputError } from '../errors.js';

const PARQUET = /\.parquet$/i;
const JSON_LINES = /\.(jsonl|ndjson)(\.(gz|zst))?$/i;
const DELIMITED = /\.(csv|tsv|tab)(\.(gz|zst))?$/i;
const LINES = /^-$|(^|\/)[^./]+(\.(gz|zst))?$|\.(txt|text|lines?|lst)(\.(gz|zst))?$/i;

export type InputKind = 'parquet' | 'jsonl' | 'csv' | 'lines';

/** How to read texts from a file; `-` is standard input, as lines. @throws InputError if its name does not say. */
export function inputKind(path: string): InputKind {
  if (PARQUET.test(path)) return 'parquet';
  if (JSON_LINES.test(path)) return 'jsonl';
  if (DELIMITED.test(path)) return 'csv';
  if (LINES.test(path)) return 'lines';
  throw new InputError(
    `${path}: expected .csv, .tsv, .jsonl, .parquet or, with a text per line, .txt; a column of another kind of table can be piped into --input -`,
  );
}

/** How to write rows to a file; `-` is standard output. @throws InputError if it is of another kind. */
export function outputKind(path: string): 'parquet' | 'jsonl' {
  if (PARQUET.test(path)) return 'parquet';
  if (path === '-' || /\.(jsonl|ndjson|json)$/i.test(path)) return 'jsonl';
  throw new InputError(`${path}: expected .parquet, .jsonl, or - for standard output`);
}
