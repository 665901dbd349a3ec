/** Kinds of files by the ends of their names: what a kind does not fit is refused, not read or written as another. */
import { InputError } from '../errors.js';

const TABLE = /\.parquet$/i;
const JSON_LINES = /\.(jsonl|ndjson)(\.gz)?$/i;
const LINES = /^-$|(^|\/)[^./]+(\.gz)?$|\.(txt|text|lines?|lst)(\.gz)?$/i;

export type InputKind = 'parquet' | 'jsonl' | 'lines';

/** How to read texts from a file; `-` is standard input, as lines. @throws InputError if its name does not say. */
export function inputKind(path: string): InputKind {
  if (TABLE.test(path)) return 'parquet';
  if (JSON_LINES.test(path)) return 'jsonl';
  if (LINES.test(path)) return 'lines';
  throw new InputError(
    `${path}: expected .parquet, .jsonl or, with a text per line, .txt; a column of another kind of table can be piped into --input -`,
  );
}

/** How to write rows to a file; `-` is standard output. @throws InputError if it is of another kind. */
export function outputKind(path: string): 'parquet' | 'jsonl' {
  if (TABLE.test(path)) return 'parquet';
  if (path === '-' || /\.(jsonl|ndjson|json)$/i.test(path)) return 'jsonl';
  throw new InputError(`${path}: expected .parquet, .jsonl, or - for standard output`);
}
