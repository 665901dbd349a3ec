import { MOST_IDS, sliceColumns, type FileBatch, type Schema } from '../src/formats/columns.js';
import { ParquetFile, type Below } from '../src/formats/parquet-file.js';
import type { BadRows } from '../src/formats/bad-rows.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { checkInteger } from '../src/errors.js';

export interface ReadParquetOptions<S extends Schema> {
  /** Columns to read and their types, such as `{ text: 'string', labels: 'int32[]' }`; other columns stay unread. */
  columns: S;
  /** Maximum rows in a batch; default 4096. A batch never spans two row groups. */
  batch?: number;
  /** Exclusive upper bounds of integer columns, such as `{ labels: 131073 }`; default 2^31. */
  below?: Below<S>;
  /**
   * How to handle rows with a bad value; by default the first one ends the run. If bad rows are skipped, their texts and
   * lists are empty, so row numbers do not shift. A bad value in an `int32` column always ends the run: it cannot be empty.
   */
  bad?: BadRows | undefined;
}

/**
 * Reads Parquet files as column batches: snappy, gzip, zstd, brotli and LZ4, and lists in the layout of any writer; INT64 is
 * accepted where its values are within bounds.
 *
 * Order kept. One file open and one row group decoded at a time; the next is read once the last batch of the current one has
 * been taken. A bad file surfaces when its turn comes, a bad value when its row group is decoded, before any batch of that
 * group: both as `InputError` naming file, row (from 0) and value. Owns the open file.
 */
export function readParquet<const S extends Schema>({
  columns,
  batch = 4096,
  below,
  bad,
}: ReadParquetOptions<S>): Operator<string, FileBatch<S>> {
  checkInteger('batch', batch);
  if (Object.keys(columns).length === 0) throw new RangeError('columns: expected at least 1, got none');
  for (const [name, bound] of Object.entries<number | undefined>(below ?? {}))
    if (!columns[name]?.startsWith('int32') || bound === undefined || !(bound <= MOST_IDS))
      throw new RangeError(
        `below: expected an integer column and at most 2^31, got ${name}: ${bound ?? 'none'}`,
      );

  return operator<string, FileBatch<S>>('read-parquet', async function* (paths, { signal, progress }) {
    let before = 0;
    for await (const path of paths) {
      await using file = await ParquetFile.open(path, columns, below);
      for (const group of file.groups) {
        signal.throwIfAborted();
        const decoded = await file.read(group, bad);
        for (let start = 0; start < decoded.rows; start += batch) {
          const end = Math.min(start + batch, decoded.rows);
          const columns = sliceColumns<S>(decoded.columns, start, end);
          yield { file: path, start: before + group.start + start, rows: end - start, columns };
          progress(end - start);
        }
      }
      before += file.rows;
    }
  });
}
