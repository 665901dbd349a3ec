/**
 * A Parquet file opened for reading. The schema is checked on opening, values when they are decoded. Only the byte ranges
 * of the requested row group and columns are read; INT64 becomes a number only if it fits int32.
 */
import { open, type FileHandle } from 'node:fs/promises';
import {
  parquetScan,
  parquetSchema,
  type AsyncBuffer,
  type ColumnMetaData,
  type FileMetaData,
  type RowGroup as RowGroupMetaData,
} from 'hyparquet';
import { BadRows } from './bad-rows.js';
import { InputError } from '../errors.js';
import { MOST_IDS, type ColumnBatch, type ColumnOf, type ColumnType, type Schema } from './columns.js';
import { columnsOfType, findColumn, type Column } from './parquet-column.js';
import { readFooter } from './parquet-footer.js';
import { guardPages } from './parquet-pages.js';
import { checkKind, damaged, reason } from './parquet-damage.js';
import { asSets, convert, toText, type Fail } from './parquet-values.js';
import { show } from '../show.js';

/** Exclusive upper bounds of integer columns. */
export type Below<S extends Schema> = { readonly [Name in keyof S]?: number };

/** Rows `[start, start + rows)` of a file, decoded together. */
export interface RowGroup {
  readonly index: number;
  readonly start: number;
  readonly rows: number;
}

export class ParquetFile<S extends Schema> implements AsyncDisposable {
  readonly path: string;
  /** Rows in the file. */
  readonly rows: number;
  /** The row groups that are not empty, in order. */
  readonly groups: readonly RowGroup[];
  readonly #handle: FileHandle;
  readonly #file: AsyncBuffer;
  readonly #metadata: FileMetaData;
  readonly #columns: readonly Column[];

  private constructor(
    path: string,
    handle: FileHandle,
    file: AsyncBuffer,
    metadata: FileMetaData,
    columns: Column[],
  ) {
    this.path = path;
    this.#handle = handle;
    this.#file = file;
    this.#metadata = metadata;
    this.#columns = columns;
    let start = 0;
    const groups = metadata.row_groups.map(({ num_rows }, index) => {
      const group = { index, start, rows: Number(num_rows) };
      start += group.rows;
      return group;
    });
    this.groups = groups.filter(({ rows }) => rows > 0);
    this.rows = start;
  }

  /** @throws InputError if the file is missing or not Parquet, or a column is missing or of another type. */
  static async open<S extends Schema>(
    path: string,
    schema: S,
    below: Below<S> = {},
  ): Promise<ParquetFile<S>> {
    const handle = await open(path).catch((cause: unknown) => {
      throw new InputError(`${path}: cannot be read: ${reason(cause)}`, { cause });
    });
    try {
      const file = await ranges(handle);
      await checkKind(path, file);
      const metadata = await readFooter(file);
      const { children } = parquetSchema(metadata);
      const columns = Object.entries(schema).map(([name, type]) =>
        findColumn(path, children, {
          name,
          type,
          below: below[name] ?? (/key|cell/.test(type) ? Infinity : MOST_IDS),
        }),
      );
      return new ParquetFile(path, handle, file, metadata, columns);
    } catch (cause) {
      await handle.close();
      throw damaged(path, cause);
    }
  }

  /** Names of the columns, or of those that can be read as some type, whether they are read or not. */
  named(type?: ColumnType): string[] {
    return columnsOfType(parquetSchema(this.#metadata).children, type);
  }

  /** From the footer: the number of values of a column, list elements counted one by one, and their uncompressed bytes. */
  sizeOf(name: string & keyof S): { values: number; bytes: number } {
    const chunks = this.#metadata.row_groups
      .flatMap(({ columns }) => columns.map(({ meta_data }) => meta_data))
      .filter((chunk) => chunk?.path_in_schema[0] === name);
    const sum = (of: 'num_values' | 'total_uncompressed_size') =>
      chunks.reduce((total, chunk) => total + Number(chunk![of]), 0);
    return { values: sum('num_values'), bytes: sum('total_uncompressed_size') };
  }

  /**
   * Decodes one row group, column by column. If bad rows are skipped, a bad row is empty in every column. Repeats in sets are
   * dropped and counted in `bad`.
   * @throws InputError naming the row and the value of a bad row that is not skipped.
   */
  async read(group: RowGroup, bad = new BadRows('stop')): Promise<ColumnBatch<S>> {
    const empty = new Set<number>();
    const readAll = async (): Promise<ColumnBatch<S>['columns']> => {
      const columns: [string, ColumnOf[ColumnType]][] = [];
      for (const column of this.#columns) {
        const fail: Fail = (row, expected, value) => {
          const place = `${this.path}, row ${group.start + row}: ${column.name}`;
          const reason = new InputError(`${place}: expected ${expected}, got ${show(value)}`);
          if (column.type === 'int32') throw reason; // there is no empty id
          bad.add(reason);
          empty.add(row);
        };
        const values = await this.#decode(group, column);
        columns.push([column.name, convert[column.type](values, column, { empty, fail })]);
      }
      return Object.fromEntries(columns) as ColumnBatch<S>['columns']; // built from the same schema, name by name
    };
    let columns = await readAll();
    if (empty.size > 0 && this.#columns.length > 1) columns = await readAll();
    return { rows: group.rows, columns: asSets(columns, this.#columns, bad) };
  }

  /** A scan caches what it decoded last, so each column of a row group gets its own scan, which is then released. */
  async #decode({ index, rows }: RowGroup, { name, levels, schema }: Column): Promise<ArrayLike<unknown>> {
    const group = this.#metadata.row_groups[index]!;
    try {
      const chunk = chunkOf(group, name);
      const { check, unpack } = guardPages({
        packed: chunk.codec !== 'UNCOMPRESSED',
        values: Number(chunk.num_values),
        ...levels,
      });
      const path_in_schema = schema.slice(1).map((part) => part.name);
      // the pages of a chunk without a codec are not packed, whatever it is, but are given to it
      const codec = chunk.codec === 'UNCOMPRESSED' ? 'SNAPPY' : chunk.codec;
      const columns = [{ file_offset: 0n, meta_data: { ...chunk, codec, path_in_schema } }];
      const scan = await parquetScan({
        file: checked(this.#file, check),
        metadata: { ...this.#metadata, schema: [...schema], row_groups: [{ ...group, columns }] },
        columns: [name],
        compressors: unpack,
        useOffsetIndex: false,
        parsers: { stringFromBytes: toText, jsonFromBytes: toText },
      });
      const values = await scan.readColumn({ column: name, rowStart: 0, rowEnd: rows });
      if (values.length === rows) return values;
      throw new InputError(`${this.path}: ${name}: ${values.length} values in a row group of ${rows} rows`);
    } catch (cause) {
      throw damaged(this.path, cause);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

/** The file for a scan of one column without indexes, which reads pages only: each is checked. */
const checked = (file: AsyncBuffer, check: (pages: ArrayBuffer) => void): AsyncBuffer => ({
  byteLength: file.byteLength,
  slice: (start, end) =>
    ahead(
      Promise.resolve(file.slice(start, end)).then((pages) => {
        check(pages);
        return pages;
      }),
    ),
});

/** @throws RangeError if the row group has no such column. */
function chunkOf({ columns }: RowGroupMetaData, name: string): ColumnMetaData {
  const chunk = columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === name)?.meta_data;
  if (!chunk) throw new RangeError(`a row group without column ${name}`);
  return chunk;
}

/** The decoder reads ahead. After it has failed it awaits nothing: later rejections are expected and ignored. */
function ahead<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

async function ranges(handle: FileHandle): Promise<AsyncBuffer> {
  const { size } = await handle.stat();
  const read = async (start: number, end: number): Promise<ArrayBuffer> => {
    // checked before the allocation: the numbers come from the file, which may be damaged
    if (!(start >= 0 && start <= end && end <= size))
      throw new RangeError(`bytes ${start}..${end} are not within 0..${size}`);
    const bytes = new Uint8Array(end - start);
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
      if (bytesRead === 0) throw new RangeError(`the file became shorter than ${size} bytes`);
      at += bytesRead;
    }
    return bytes.buffer;
  };
  return {
    byteLength: size,
    slice: (start, end = size) => ahead(read(start, end)),
  };
}
