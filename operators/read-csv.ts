import { BadRows } from '../src/formats/bad-rows.js';
import type { FileBatch } from '../src/formats/columns.js';
import { cellText, readRows, type CsvRow, type Delimiting } from '../src/formats/csv.js';
import { toRagged } from '../src/formats/lists.js';
import { checkInteger, InputError } from '../src/errors.js';
import { show, showNames } from '../src/show.js';
import { operator, type Operator } from '../src/stream/operator.js';

/** All that a cell of a delimited file can be read as. */
export type CsvSchema = Readonly<Record<string, 'string' | 'key' | 'cell' | 'cell[]'>>;

export interface CsvDialect extends Delimiting {
  /** Whether the first row names the columns; otherwise they are called 1, 2, …. */
  header: boolean;
}

export interface ReadCsvOptions<S extends CsvSchema> {
  /** Columns to read and their types, such as `{ title: 'string' }`; other columns are ignored. */
  columns: S;
  /** Default: commas, quotes where needed, and a header. */
  dialect?: CsvDialect;
  /** Maximum rows in a batch; default 4096. */
  batch?: number;
  /** How to handle bad rows; by default the first one ends the run. If they are skipped, their cells are empty. */
  bad?: BadRows | undefined;
}

const CSV: CsvDialect = { delimiter: ',', quote: '"', header: true };

/**
 * Reads CSV, TSV and the like (`.gz` and `.zst` are decompressed) as column batches. A bad row has more or fewer cells than the first
 * row of its file, or text that is not UTF-8 in a column that is read; a quote out of place always ends the run, since it is not known
 * where the next row begins. Order kept; one file open and 1 MiB of rows, or one longer row, in memory; a bad file surfaces when its
 * turn comes, a bad row with its batch, both as `InputError` naming file, line and value; owns the open file.
 */
export function readCsv<const S extends CsvSchema>({
  columns,
  dialect = CSV,
  batch = 4096,
  bad = new BadRows('stop'),
}: ReadCsvOptions<S>): Operator<string, FileBatch<S>> {
  checkInteger('batch', batch);
  if (Object.keys(columns).length === 0) throw new RangeError('columns: expected at least 1, got none');
  return operator<string, FileBatch<S>>('read-csv', async function* (paths, { signal, progress }) {
    let start = 0;
    for await (const file of paths) {
      let take: ((row: CsvRow) => string[]) | undefined;
      for await (const rows of readRows(file, dialect)) {
        signal.throwIfAborted();
        take ??= takerOf(columns, namesOf(file, dialect.header ? rows.shift()! : rows[0]!, dialect));
        for (let from = 0; from < rows.length; from += batch) {
          const some = rows.slice(from, from + batch);
          const cells = some.map((row) => bad.read(() => take!(row), undefined));
          yield { file, start, rows: some.length, columns: packed(columns, cells) };
          start += some.length;
          progress(some.length);
        }
      }
    }
  });
}

/** The names of the columns of a file. */
interface Named {
  file: string;
  names: readonly string[];
}

const namesOf = (file: string, { place, cells }: CsvRow, { header }: CsvDialect): Named => ({
  file,
  names: cells.map((cell, at) => (header ? cellText(place, cell) : String(at + 1))),
});

/** Takes the cells of the columns from a row. @throws InputError if the file does not have each column once. */
function takerOf(columns: CsvSchema, { file, names }: Named): (row: CsvRow) => string[] {
  const places = Object.keys(columns).map((name) => {
    const at = names.indexOf(name);
    if (at < 0) throw new InputError(`${file}: no column ${name}, only ${showNames(names)}`);
    if (names.indexOf(name, at + 1) >= 0) throw new InputError(`${file}: two columns ${name}`);
    return at;
  });
  return ({ place, cells }) => {
    if (cells.length !== names.length)
      throw new InputError(
        `${place}: expected ${names.length} cells, got ${cells.length}: ${show(cells.map(String))}`,
      );
    return places.map((at) => cellText(`${place}: ${names[at]!}`, cells[at]!));
  };
}

/** The columns of rows, of which bad ones are empty. */
function packed<S extends CsvSchema>(
  columns: S,
  rows: readonly (readonly string[] | undefined)[],
): FileBatch<S>['columns'] {
  const pairs = Object.entries(columns).map(([name, type], at) => {
    const cells = rows.map((row) => row?.[at] ?? '');
    if (type !== 'cell[]') return [name, cells] as const;
    return [name, toRagged(cells.map((cell) => (cell === '' ? [] : [cell])))] as const;
  });
  return Object.fromEntries(pairs) as FileBatch<S>['columns']; // the names of the schema, each with a column of its type
}
