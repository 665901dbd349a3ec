import { Matrix } from '../formats/npy.js';
import type { RowFiles } from './row-files.js';

export interface CompactFiles extends RowFiles {
  ids: string;
  compact: true;
}

const BUFFER_BYTES = 1 << 16;

/** Writes `count` rows of `dim` values, added one by one, and their ids; the files are complete after the last one. */
export class RowFilesWriter implements Disposable {
  readonly #vectors: Matrix<'float32'>;
  readonly #ids: Matrix<'int32'>;
  readonly #rows: Float32Array;
  readonly #names: Int32Array;
  readonly #count: number;
  #written = 0;
  #waiting = 0;

  constructor(
    { vectors, ids }: CompactFiles,
    { count, dim, half }: { count: number; dim: number; half: boolean },
  ) {
    this.#vectors = Matrix.create(vectors, { dtype: 'float32', cols: dim, rows: count, half });
    this.#ids = Matrix.create(ids, { dtype: 'int32', cols: 1, rows: count });
    this.#names = new Int32Array(Math.max(1, Math.floor(BUFFER_BYTES / (4 * dim))));
    this.#rows = new Float32Array(this.#names.length * dim);
    this.#count = count;
  }

  add(id: number, row: Float32Array): void {
    this.#names[this.#waiting] = id;
    this.#rows.set(row, this.#waiting * row.length);
    this.#waiting++;
    if (this.#waiting === this.#names.length || this.#written + this.#waiting === this.#count) this.#flush();
  }

  #flush(): void {
    this.#vectors.write(this.#written, this.#rows.subarray(0, this.#waiting * this.#vectors.cols));
    this.#ids.write(this.#written, this.#names.subarray(0, this.#waiting));
    this.#written += this.#waiting;
    this.#waiting = 0;
  }

  [Symbol.dispose](): void {
    this.#vectors[Symbol.dispose]();
    this.#ids[Symbol.dispose]();
  }
}
