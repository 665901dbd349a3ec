/**
 * Writes column batches as Parquet under a temporary name; the file appears under its own name complete and synced, or not
 * at all. Lists are written in the three-level layout that Arrow, Spark and DuckDB use.
 */
import parquet, { type Field, type ParquetWriter as Encoder } from 'parquetjs-lite';
import { AtomicFile } from '../files/atomic-file.js';
import { columnsOf, type ColumnBatch, type ColumnOf, type ColumnType, type Schema } from './columns.js';

/** Bytes of values after which a row group ends: a page stays below what readers take, however long the texts. */
const LARGEST_GROUP = 96 * 2 ** 20;

export interface ParquetWriterOptions {
  compression: 'snappy' | 'gzip';
  /** Rows in a row group, fewer of long values; one row group is held in memory. */
  rowGroup: number;
}

export class ParquetWriter<S extends Schema> implements AsyncDisposable {
  readonly path: string;
  readonly #schema: S;
  readonly #file: AtomicFile;
  readonly #encoder: Encoder;
  #written: Promise<void> = Promise.resolve();
  readonly #rowGroup: number;
  #rows = 0;
  /** Bytes of the rows that are not written yet, and how many these are. */
  #held = { bytes: 0, rows: 0 };

  private constructor(path: string, schema: S, file: AtomicFile, options: ParquetWriterOptions) {
    this.path = path;
    this.#schema = schema;
    this.#file = file;
    this.#rowGroup = options.rowGroup;
    const layout = new parquet.ParquetSchema(fields(schema, options.compression));
    // the encoder's version 2 pages count list elements as rows
    const settings = { rowGroupSize: options.rowGroup, pageIndex: false, useDataPageV2: false };
    const write = (bytes: Uint8Array) => this.#write(bytes);
    const close = () => Promise.resolve();
    this.#encoder = new parquet.ParquetWriter(
      layout,
      new parquet.ParquetEnvelopeWriter(layout, write, close, 0, settings),
      settings,
    );
  }

  /** @throws InputError if the file cannot be created. */
  static async create<S extends Schema>(
    path: string,
    schema: S,
    options: ParquetWriterOptions,
  ): Promise<ParquetWriter<S>> {
    return new ParquetWriter(path, schema, await AtomicFile.create(path), options);
  }

  /** @throws RangeError if a column is missing or its length is not that of the batch; InputError if writing fails. */
  async append(batch: ColumnBatch<S>): Promise<void> {
    const { rows } = batch;
    const cells = columnsOf(batch, this.#schema).map(([name, column]) => [name, cellsOf(column)] as const);
    for (let row = 0; row < rows; row++) {
      const values = cells.map(([name, cell]) => [name, cell(row)] as const);
      this.#hold(values.reduce((sum, [, value]) => sum + bytesOf(value), 0));
      await this.#encoder.appendRow(Object.fromEntries(values));
    }
    this.#rows += rows;
  }

  /** Ends the row group with the next row if it is full. */
  #hold(bytes: number): void {
    this.#held.bytes += bytes;
    this.#held.rows++;
    const isFull = this.#held.bytes >= LARGEST_GROUP || this.#held.rows === this.#rowGroup;
    this.#encoder.rowGroupSize = isFull ? 1 : this.#rowGroup;
    if (isFull) this.#held = { bytes: 0, rows: 0 };
  }

  /** Completes the file under its own name and returns its number of rows. @throws InputError if writing fails. */
  async finish(): Promise<number> {
    await this.#encoder.close();
    await this.#written;
    await this.#file.finish();
    return this.#rows;
  }

  /** Removes the temporary file unless `finish` succeeded. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#written.catch(() => undefined);
    await this.#file[Symbol.asyncDispose]();
  }

  /** The encoder does not await its header: writes are queued, and `finish` reports a failure. */
  #write(bytes: Uint8Array): Promise<void> {
    this.#written = this.#written.then(() => this.#file.write(bytes));
    this.#written.catch(() => undefined);
    return this.#written;
  }
}

function fields(schema: Schema, codec: 'snappy' | 'gzip'): Record<string, Field> {
  const leaf = { compression: codec === 'gzip' ? 'GZIP' : 'SNAPPY', statistics: false } as const;
  const list = (type: 'INT32' | 'FLOAT' | 'UTF8'): Field => ({
    type: 'LIST',
    fields: { list: { repeated: true, fields: { element: { type, ...leaf } } } },
  });
  const field: Record<ColumnType, Field> = {
    string: { type: 'UTF8', ...leaf },
    key: { type: 'UTF8', ...leaf },
    cell: { type: 'UTF8', ...leaf },
    int32: { type: 'INT32', ...leaf },
    'int32[]': list('INT32'),
    'int32 set': list('INT32'),
    'float32[]': list('FLOAT'),
    'string[]': list('UTF8'),
    'cell[]': list('UTF8'),
  };
  return Object.fromEntries(Object.entries(schema).map(([name, type]) => [name, { ...field[type] }]));
}

/** About as many bytes as a value takes in a page. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  const { list = [] } = value as { list?: readonly { element: unknown }[] };
  return list.reduce(
    (sum, { element }) => sum + (typeof element === 'string' ? Buffer.byteLength(element) : 4),
    4,
  );
}

function cellsOf(column: ColumnOf[ColumnType]): (row: number) => unknown {
  if (!('offsets' in column)) return (row) => column[row];
  const { offsets, values } = column;
  return (row) => {
    const list = values.slice(offsets[row], offsets[row + 1]);
    return { list: Array.from<unknown, object>(list, (element) => ({ element })) };
  };
}
