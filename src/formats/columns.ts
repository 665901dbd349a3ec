/** Column batches, the unit of the streams: one array per column. */
import { listCount, type Lists, type Ragged } from './lists.js';

/**
 * Type of a column. Integers are ids and never negative; float32 numbers are finite. Of an `int32 set` a reader drops
 * repeats, so that an id named twice counts once. A `key` is a text, or an integer that is read as its decimal text: what
 * others know a row by. A `cell` is a key, or nothing, which is read as an empty text: a cell of any table. A `cell[]` is a list of
 * those, or one of them, which is read as a list of one; nothing is an empty list.
 */
export type ColumnType =
  'string' | 'key' | 'cell' | 'int32' | 'int32[]' | 'int32 set' | 'float32[]' | 'string[]' | 'cell[]';

/** Exclusive upper bound of ids, which are int32. */
export const MOST_IDS = 2 ** 31;

/** Column names and their types. */
export type Schema = Readonly<Record<string, ColumnType>>;

export interface ColumnOf {
  string: string[];
  key: string[];
  cell: string[];
  int32: Int32Array;
  'int32[]': Lists;
  'int32 set': Lists;
  'float32[]': Ragged<Float32Array>;
  'string[]': Ragged<string[]>;
  'cell[]': Ragged<string[]>;
}

/** One array per column, each of `rows` values. */
export interface ColumnBatch<S extends Schema> {
  readonly rows: number;
  readonly columns: { readonly [Name in keyof S]: ColumnOf[S[Name]] };
}

/** Rows `[start, start + rows)` of the input, all from one file. */
export interface FileBatch<S extends Schema> extends ColumnBatch<S> {
  readonly file: string;
  /** Number of rows before this batch, in this file and the files read before it. */
  readonly start: number;
}

/** Number of values in a column. */
export function columnLength(column: ColumnOf[ColumnType]): number {
  return 'offsets' in column ? listCount(column) : column.length;
}

/** The columns that `schema` names. @throws RangeError if one is missing or has not as many values as the batch has rows. */
export const columnsOf = <S extends Schema>({ rows, columns }: ColumnBatch<S>, schema: S) =>
  Object.keys(schema).map((name) => {
    const column = (columns as Partial<Record<string, ColumnOf[ColumnType]>>)[name];
    const length = column && columnLength(column);
    if (column === undefined || length !== rows)
      throw new RangeError(`${name}: expected ${rows} values, got ${length ?? 'none'}`);
    return [name, column] as const;
  });

/** Rows `[start, end)` of a column. Integers are copied, so that a slice can be transferred to another thread. */
export function sliceColumn<C extends ColumnOf[ColumnType]>(column: C, start: number, end: number): C;
export function sliceColumn(column: ColumnOf[ColumnType], start: number, end: number) {
  if (!('offsets' in column)) return column.slice(start, end);
  const { offsets, values } = column;
  const first = offsets[start]!;
  return {
    offsets: offsets.slice(start, end + 1).map((offset) => offset - first),
    values: values.slice(first, offsets[end]),
  };
}

/** Rows `[start, end)` of all columns. */
export function sliceColumns<S extends Schema>(
  columns: ColumnBatch<S>['columns'],
  start: number,
  end: number,
): ColumnBatch<S>['columns'] {
  const slices = Object.entries<ColumnOf[ColumnType]>(columns).map(
    ([name, column]) => [name, sliceColumn(column, start, end)] as const,
  );
  // the same names, each with a column of the same type
  return Object.fromEntries(slices) as ColumnBatch<S>['columns'];
}
