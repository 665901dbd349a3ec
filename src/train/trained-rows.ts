import { parameter, type Parameter } from '../model/adamw.js';
import { Matrix } from '../store/npy.js';
import { RowCache } from '../store/row-cache.js';
import { isZero } from '../store/vectors.js';

export interface TrainedRowsOptions {
  /** The float32 `.npy` of the rows and their moments to make, `[rows, 3 dim]`. */
  path: string;
  rows: number;
  dim: number;
  /** Bytes of rows in memory at most. */
  memory: number;
  /** What the rows `ids` begin as, `[ids.length, dim]`: not zeros. */
  initial: (ids: Int32Array) => Float32Array;
}

const BLOCK = 1024;

/**
 * Rows of a parameter with their Adam moments, on disk. A row of zeros has never been written: it stands for what it
 * begins as with moments of zero, so rows that no step uses cost neither time nor, in a sparse file, room.
 */
export class TrainedRows implements Disposable {
  readonly #options: TrainedRowsOptions;
  readonly #state: Matrix<'float32'>;
  readonly #cache: RowCache;

  constructor(options: TrainedRowsOptions) {
    const { path, rows, dim, memory } = options;
    this.#options = options;
    this.#state = Matrix.create(path, { dtype: 'float32', cols: 3 * dim, rows });
    this.#cache = new RowCache(this.#state, { memory });
  }

  get dim(): number {
    return this.#options.dim;
  }

  /** The rows `ids` (distinct), `[ids.length, dim]`, and their moments. */
  gather(ids: Int32Array): Parameter {
    const { dim, initial } = this.#options;
    const rows = this.#cache.gather(ids);
    const gathered = parameter(new Float32Array(ids.length * dim), dim);
    const fresh: number[] = [];
    ids.forEach((_id, i) => {
      const at = 3 * dim * i;
      if (isZero(rows.subarray(at, at + dim))) fresh.push(i);
      gathered.data.set(rows.subarray(at, at + dim), dim * i);
      gathered.m.set(rows.subarray(at + dim, at + 2 * dim), dim * i);
      gathered.v.set(rows.subarray(at + 2 * dim, at + 3 * dim), dim * i);
    });
    const values = initial(Int32Array.from(fresh, (i) => ids[i]!));
    fresh.forEach((i, k) => {
      gathered.data.set(values.subarray(dim * k, dim * (k + 1)), dim * i);
    });
    return gathered;
  }

  scatter(ids: Int32Array, { data, m, v }: Parameter): void {
    const { dim } = this.#options;
    const rows = new Float32Array(ids.length * 3 * dim);
    ids.forEach((_id, i) => {
      const at = 3 * dim * i;
      rows.set(data.subarray(dim * i, dim * (i + 1)), at);
      rows.set(m.subarray(dim * i, dim * (i + 1)), at + dim);
      rows.set(v.subarray(dim * i, dim * (i + 1)), at + 2 * dim);
    });
    this.#cache.scatter(ids, rows);
  }

  /** All rows as they are now, without moments, `[…, dim]` at a time. */
  *all(): Generator<Float32Array> {
    this.#cache.flush();
    const { rows } = this.#state;
    for (let begin = 0; begin < rows; begin += BLOCK) {
      const count = Math.min(BLOCK, rows - begin);
      yield this.gather(Int32Array.from({ length: count }, (_x, i) => begin + i)).data;
    }
  }

  [Symbol.dispose](): void {
    this.#state[Symbol.dispose]();
  }
}
