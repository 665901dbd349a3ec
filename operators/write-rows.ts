import { Matrix } from '../src/formats/npy.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { checkInteger } from '../src/errors.js';

export interface WriteRowsOptions<T> {
  /** The float32 `.npy` file to create or replace. */
  path: string;
  /** Values in a row. */
  dim: number;
  /** Whether to store values in half precision; default false. */
  half?: boolean | undefined;
  /** Selects the rows of a batch to write, `[rows, dim]`. */
  rows: (batch: T) => Float32Array;
}

/**
 * Appends rows of each batch to a matrix on disk and passes the batch on. The file can be read once the input has ended.
 * Order kept; nothing in flight; a failure surfaces at its batch; owns the open file.
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
