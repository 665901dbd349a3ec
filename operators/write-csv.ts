import { AtomicFile } from '../src/files/atomic-file.js';
import { columnsOf, type ColumnBatch } from '../src/formats/columns.js';
import type { Ragged } from '../src/formats/lists.js';
import { InputError } from '../src/errors.js';
import { show } from '../src/show.js';
import { operator, type Operator } from '../src/stream/operator.js';
import type { Written } from './write-parquet.js';

/** All that can be written as a cell. */
export type WrittenCells = Readonly<Record<string, 'string' | 'key' | 'cell' | 'string[]' | 'cell[]'>>;

export interface WriteCsvOptions<S extends WrittenCells> {
  /** The file to write; replaced if it exists, but only once the new one is complete. */
  path: string;
  /** Columns to write and their types; other columns of the batches are left out. */
  columns: S;
  /** What stands between the values of a list, which must not have it; default ';'. */
  separator?: string;
}

/**
 * Writes column batches as CSV (RFC 4180: commas, quotes where they are needed, a header) and at the end of its input yields the file
 * once. Order kept; holds one batch; errors surface at the batch that causes them, as `InputError` for a value of a list that has the
 * separator. Owns the temporary file `PATH.tmp` and removes it unless the input ends normally.
 */
export function writeCsv<const S extends WrittenCells, T extends ColumnBatch<S> = ColumnBatch<S>>({
  path,
  columns,
  separator = ';',
}: WriteCsvOptions<S>): Operator<T, Written> {
  if (separator === '') throw new RangeError('separator: expected a text, got none');
  return operator<T, Written>('write-csv', async function* (batches, { own, progress }) {
    const file = own(await AtomicFile.create(path));
    await file.write(lineOf(Object.keys(columns)));
    let rows = 0;
    for await (const batch of batches) {
      const cells = columnsOf(batch, columns).map(([name, column]) =>
        cellOf(column as string[] | Ragged<string[]>, { place: `${path}: ${name}`, separator }),
      );
      for (let row = 0; row < batch.rows; row++) await file.write(lineOf(cells.map((cell) => cell(row))));
      rows += batch.rows;
      progress(batch.rows);
    }
    await file.finish();
    yield { path, rows };
  });
}

/** A lone empty cell is quoted, since a blank line is no row. */
const lineOf = (cells: readonly string[]): string =>
  `${cells.length === 1 && cells[0] === '' ? '""' : cells.map(quoted).join(',')}\n`;

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

function cellOf(
  column: string[] | Ragged<string[]>,
  { place, separator }: { place: string; separator: string },
): (row: number) => string {
  if (!('offsets' in column)) return (row) => column[row]!;
  const { offsets, values } = column;
  return (row) => {
    const list = values.slice(offsets[row], offsets[row + 1]);
    const bad = list.find((value) => value.includes(separator));
    if (bad !== undefined)
      throw new InputError(`${place}: ${show(bad)} has ${show(separator)}, which separates values`);
    return list.join(separator);
  };
}
