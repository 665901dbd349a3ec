/**
 * Writes column batches as Parquet under a temporary name; the file appears under its own name, whole and
 * synced, or not at all. Lists are written in the three-level layout that Arrow, Spark and DuckDB use.
 */
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import parquet, { type Field, type ParquetWriter as Encoder } from 'parquetjs-lite';
import { InputError } from '../stream/errors.js';
import { columnLength, type ColumnBatch, type ColumnOf, type ColumnType, type Schema } from './columns.js';
import { listAt } from './ragged.js';

export interface ParquetWriterOptions {
  compression: 'snappy' | 'gzip';
  /** Rows in a row group, which is what is held in memory. */
  rowGroup: number;
}

export class ParquetWriter<S extends Schema> implements AsyncDisposable {
  readonly path: string;
  readonly #schema: S;
  readonly #handle: FileHandle;
  readonly #encoder: Encoder;
  #written: Promise<void> = Promise.resolve();
  #rows = 0;
  #open = true;

  private constructor(path: string, schema: S, handle: FileHandle, options: ParquetWriterOptions) {
    this.path = path;
    this.#schema = schema;
    this.#handle = handle;
    const layout = new parquet.ParquetSchema(fields(schema, options.compression));
    // its pages of version 2 count the values of lists as rows
    const settings = { rowGroupSize: options.rowGroup, pageIndex: false, useDataPageV2: false };
    const write = (bytes: Uint8Array) => this.#write(bytes);
    const close = () => Promise.resolve();
    this.#encoder = new parquet.ParquetWriter(
      layout,
      new parquet.ParquetEnvelopeWriter(layout, write, close, 0, settings),
      settings,
    );
  }

  /** @throws InputError if nothing can be written there. */
  static async create<S extends Schema>(
    path: string,
    schema: S,
    options: ParquetWriterOptions,
  ): Promise<ParquetWriter<S>> {
    const handle = await open(temporary(path), 'w').catch(unwritable(path));
    return new ParquetWriter(path, schema, handle, options);
  }

  /** @throws RangeError if a column is missing or not as long as the batch; InputError if it cannot be written. */
  async append({ rows, columns }: ColumnBatch<S>): Promise<void> {
    const cells = Object.keys(this.#schema).map((name) => {
      const column = (columns as Partial<Record<string, ColumnOf[ColumnType]>>)[name];
      const length = column && columnLength(column);
      if (column === undefined || length !== rows)
        throw new RangeError(`${name}: expected ${rows} values, got ${length ?? 'none'}`);
      return [name, cellsOf(column)] as const;
    });
    for (let row = 0; row < rows; row++)
      await this.#encoder.appendRow(Object.fromEntries(cells.map(([name, cell]) => [name, cell(row)])));
    this.#rows += rows;
  }

  /** Completes the file under its own name and returns its rows. @throws InputError if it cannot be written. */
  async finish(): Promise<number> {
    await this.#encoder.close();
    await this.#written;
    await this.#handle.sync();
    await this.#handle.close();
    await rename(temporary(this.path), this.path).catch(unwritable(this.path));
    this.#open = false;
    return this.#rows;
  }

  /** Without `finish`, leaves nothing behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#written.catch(() => undefined);
    await this.#handle.close();
    await rm(temporary(this.path), { force: true });
  }

  /** The encoder does not wait for its header: parts are queued, and a failure is met again in `finish`. */
  #write(bytes: Uint8Array): Promise<void> {
    this.#written = this.#written.then(() => this.#handle.writeFile(bytes)).catch(unwritable(this.path));
    this.#written.catch(() => undefined);
    return this.#written;
  }
}

const temporary = (path: string): string => `${path}.tmp`;

const unwritable = (path: string) => (cause: unknown) => {
  if (cause instanceof InputError) throw cause;
  throw new InputError(`${path}: cannot be written: ${(cause as Error).message}`, { cause });
};

function fields(schema: Schema, codec: 'snappy' | 'gzip'): Record<string, Field> {
  const leaf = { compression: codec === 'gzip' ? 'GZIP' : 'SNAPPY', statistics: false } as const;
  const field: Record<ColumnType, Field> = {
    string: { type: 'UTF8', ...leaf },
    int32: { type: 'INT32', ...leaf },
    'int32[]': {
      type: 'LIST',
      fields: { list: { repeated: true, fields: { element: { type: 'INT32', ...leaf } } } },
    },
  };
  return Object.fromEntries(Object.entries(schema).map(([name, type]) => [name, { ...field[type] }]));
}

function cellsOf(column: ColumnOf[ColumnType]): (row: number) => unknown {
  if (!('offsets' in column)) return (row) => column[row];
  return (row) => ({ list: Array.from(listAt(column, row), (element) => ({ element })) });
}
