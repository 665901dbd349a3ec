import type { FileBatch, Schema } from '../src/formats/columns.js';
import type { Operator } from '../src/stream/operator.js';
import { readJsonl } from './read-jsonl.js';
import { readParquet, type ReadParquetOptions } from './read-parquet.js';

/** `read-parquet` for a file whose name ends in `.parquet`, otherwise `read-jsonl`. */
export function readTable<const S extends Schema>(
  path: string,
  options: ReadParquetOptions<S>,
): Operator<string, FileBatch<S>> {
  return path.endsWith('.parquet') ? readParquet(options) : readJsonl(options);
}
