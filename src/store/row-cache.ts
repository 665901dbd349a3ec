import type { Matrix } from './npy.js';

export interface RowCacheOptions {
  /** Bytes of rows in memory at most; a row at least is kept. */
  memory: number;
}

/**
 * A part of a writable matrix in memory: the rows written last. A row that has to go is written to the disk, so what
 * is read is the same whatever the memory. Rows go in and out as copies; owns neither matrix nor file.
 */
export class RowCache {
  readonly #matrix: Matrix<'float32'>;
  readonly #rows: Float32Array;
  /** Place of each row in memory; the one written longest ago first. */
  readonly #places = new Map<number, number>();
  readonly #capacity: number;

  constructor(matrix: Matrix<'float32'>, { memory }: RowCacheOptions) {
    this.#matrix = matrix;
    this.#capacity = Math.max(1, Math.min(matrix.rows, Math.floor(memory / (4 * matrix.cols))));
    this.#rows = new Float32Array(this.#capacity * matrix.cols);
  }

  /** The rows `ids` (distinct) in that order, `[ids.length, cols]`. */
  gather(ids: Int32Array): Float32Array {
    const { cols } = this.#matrix;
    const rows = new Float32Array(ids.length * cols);
    const absent = ids.filter((id) => !this.#places.has(id));
    const read = this.#matrix.gather(absent);
    let next = 0;
    ids.forEach((id, i) => {
      const place = this.#places.get(id);
      rows.set(place === undefined ? rowAt(read, next++, cols) : rowAt(this.#rows, place, cols), i * cols);
    });
    return rows;
  }

  /** Writes over the rows `ids` (distinct): into memory, or where there is no room for all, onto the disk. */
  scatter(ids: Int32Array, rows: Float32Array): void {
    const { cols } = this.#matrix;
    ids.forEach((id, i) => {
      const place = this.#places.get(id) ?? this.#free();
      this.#rows.set(rowAt(rows, i, cols), place * cols);
      this.#places.delete(id);
      this.#places.set(id, place);
    });
  }

  /** Writes everything to the disk; nothing is in memory afterwards. */
  flush(): void {
    for (const id of [...this.#places.keys()].sort((a, b) => a - b)) this.#write(id, this.#places.get(id)!);
    this.#places.clear();
  }

  /** A place for one more row. */
  #free(): number {
    if (this.#places.size < this.#capacity) return this.#places.size;
    const [oldest, place] = this.#places.entries().next().value!;
    this.#write(oldest, place);
    this.#places.delete(oldest);
    return place;
  }

  #write(id: number, place: number): void {
    this.#matrix.write(id, rowAt(this.#rows, place, this.#matrix.cols));
  }
}

const rowAt = (rows: Float32Array, row: number, cols: number): Float32Array =>
  rows.subarray(row * cols, (row + 1) * cols);
