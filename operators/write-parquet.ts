import type { ColumnBatch, Schema } from '../src/formats/columns.js';
import { ParquetWriter } from '../src/formats/parquet-writer.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { checkInteger } from '../src/errors.js';

export interface WriteParquetOptions<S extends Schema> {
  /** The file to write; replaced if it exists, but only once the new one is complete. */
  path: string;
  /** Columns to write and their types; other columns of the batches are left out. */
  columns: S;
  /** Default 'snappy'. */
  compression?: 'snappy' | 'gzip';
  /** Rows in a row group; one row group is held in memory. Default 16384. */
  rowGroup?: number;
}

/** A file that has been written, synced and renamed into place. */
export interface Written {
  readonly path: string;
  readonly rows: number;
}

/**
 * Writes column batches to one Parquet file and, at the end of its input, yields that file once.
 *
 * Order kept. Consumes its input and holds one row group of it. Errors surface at the batch that causes them. Owns the
 * temporary file `PATH.tmp` and removes it unless the input ends normally.
 */
export function writeParquet<const S extends Schema, T extends ColumnBatch<S> = ColumnBatch<S>>({
  path,
  columns,
  compression = 'snappy',
  rowGroup = 16_384,
}: WriteParquetOptions<S>): Operator<T, Written> {
  checkInteger('rowGroup', rowGroup);
  if (Object.keys(columns).length === 0) throw new RangeError('columns: expected at least 1, got none');

  return operator<T, Written>('write-parquet', async function* (batches, { own, progress }) {
    const file = own(await ParquetWriter.create(path, columns, { compression, rowGroup }));
    for await (const batch of batches) {
      await file.append(batch);
      progress(batch.rows);
    }
    yield { path, rows: await file.finish() };
  });
}
