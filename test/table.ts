/** Reads and writes small Parquet files as plain values. */
import { readParquet } from '../operators/read-parquet.js';
import { writeParquet, type WriteParquetOptions } from '../operators/write-parquet.js';
import { pipeline } from '../src/index.js';
import type { ColumnBatch, ColumnOf, ColumnType, Schema } from '../src/formats/columns.js';
import { listCount, toLists, toRagged } from '../src/formats/lists.js';
import { collect } from './collect.js';

interface Plain {
  string: string[];
  key: string[];
  cell: string[];
  int32: number[];
  'int32[]': number[][];
  'int32 set': number[][];
  'float32[]': number[][];
  'string[]': string[][];
  'cell[]': string[][];
}
export type Table<S extends Schema> = { [Name in keyof S]: Plain[S[Name]] };

export async function readTable<const S extends Schema>(path: string, columns: S): Promise<Table<S>> {
  const batches = await collect(pipeline([path], readParquet({ columns })).run());
  const plain = Object.keys(columns).map((name) => [
    name,
    batches.flatMap((batch) => plainOf(batch.columns[name]!)),
  ]);
  return Object.fromEntries(plain) as Table<S>;
}

export async function writeTable<const S extends Schema>(
  options: WriteParquetOptions<S>,
  table: Table<S>,
): Promise<void> {
  await pipeline([toBatch(options.columns, table)], writeParquet(options)).drain();
}

export function toBatch<const S extends Schema>(columns: S, table: Table<S>): ColumnBatch<S> {
  const packed = Object.entries(columns).map(([name, type]) => [name, pack[type](table[name] as never)]);
  const [first] = Object.values<unknown[]>(table);
  return { rows: first!.length, columns: Object.fromEntries(packed) as ColumnBatch<S>['columns'] };
}

const pack: { [T in ColumnType]: (values: Plain[T]) => ColumnOf[T] } = {
  string: (values) => values,
  key: (values) => values,
  cell: (values) => values,
  int32: (values) => Int32Array.from(values),
  'int32[]': toLists,
  'int32 set': toLists,
  'float32[]': (rows) => ({ ...toLists(rows), values: Float32Array.from(rows.flat()) }),
  'string[]': toRagged,
  'cell[]': toRagged,
};

/** The values of a column, lists as arrays. */
export function plainOf(column: ColumnOf[ColumnType]): unknown[] {
  if (!('offsets' in column)) return [...column];
  const { offsets, values } = column;
  return Array.from({ length: listCount(column) }, (_x, row) => [
    ...values.slice(offsets[row], offsets[row + 1]),
  ]);
}
