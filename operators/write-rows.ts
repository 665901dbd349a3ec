import { Matrix } from '../src/formats/npy.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { checkInteger } from '../src/errors.js';

export interface WriteRowsOptions<T> {
  /** The float32 `.npy` file to make or replace. */
  path: string;
  /** Values in a row. */
  dim: number;
  /** Whether values are in half precision on disk; default false. */
  half?: boolean | undefined;
  /** What of a batch is written, `[rows, dim]`. */
  rows: (batch: T) => Float32Array;
}

/**
 * Appends rows of each batch to a matrix on disk and hands the batch on. The file can be read when the input has
 * ended. Order kept; nothing in flight; a failure surfaces at its batch; owns the open file.
 */
export function writeRows<T>({ path, dim, half, rows }: WriteRowsOptions<T>): Operator<T, T> {
  checkInteger('dim', dim);
  return operator<T, T>('write-rows', async function* (batches, { own }) {
    const matrix = own(Matrix.create(path, { dtype: 'float32', cols: dim, half }));
    for await (const batch of batches) {
      matrix.append(rows(batch));
      yield batch;
    }
    matrix.finish();
  });
}
