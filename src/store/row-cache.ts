import type { Matrix } from '../formats/npy.js';

export interface RowCacheOptions {
  /** Maximum bytes of rows in memory; at least one row is kept. */
  memory: number;
  /** Called with the ids of rows that are about to be overwritten on disk. */
  before?: ((ids: readonly number[]) => void) | undefined;
}

/**
 * A write-back cache of a writable matrix: the rows written last. Evicted rows are written to disk, so `memory` does not
 * affect what is read. Rows are copied in and out; owns neither the matrix nor its file.
 */
export class RowCache {
  readonly #matrix: Matrix<'float32'>;
  readonly #rows: Float32Array;
  /** Place of each row in memory, in the order of their last writes, oldest first. */
  readonly #places = new Map<number, number>();
  /** Unused places. */
  readonly #free: number[];
  /** Rows that differ from those on disk. */
  readonly #changed = new Set<number>();
  readonly #before: (ids: readonly number[]) => void;

  constructor(matrix: Matrix<'float32'>, { memory, before = () => undefined }: RowCacheOptions) {
    const capacity = Math.max(1, Math.min(matrix.rows, Math.floor(memory / (4 * matrix.cols))));
    this.#matrix = matrix;
    this.#rows = new Float32Array(capacity * matrix.cols);
    this.#free = Array.from({ length: capacity }, (_x, i) => capacity - 1 - i);
    this.#before = before;
  }

  /** The rows `ids` (distinct), in that order, `[ids.length, cols]`. */
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

  /** Overwrites the rows `ids` (distinct) in memory; rows beyond the capacity are written to disk. */
  scatter(ids: Int32Array, rows: Float32Array): void {
    const { cols } = this.#matrix;
    for (const id of ids) this.#release(id);
    this.#evict(ids.length - this.#free.length);
    ids.forEach((id, i) => {
      if (this.#free.length === 0) this.#evict(1); // more rows at once than the capacity
      const place = this.#free.pop()!;
      this.#rows.set(rowAt(rows, i, cols), place * cols);
      this.#places.set(id, place);
      this.#changed.add(id);
    });
  }

  /** Writes all changed rows to disk. */
  flush(): void {
    this.#write([...this.#changed]);
  }

  /** Drops the row from memory without writing it. */
  #release(id: number): void {
    const place = this.#places.get(id);
    if (place === undefined) return;
    this.#free.push(place);
    this.#places.delete(id);
    this.#changed.delete(id);
  }

  /** Drops the `count` rows with the oldest writes, saving the changed ones. */
  #evict(count: number): void {
    const oldest = [...take(this.#places.keys(), count)];
    this.#write(oldest.filter((id) => this.#changed.has(id)));
    for (const id of oldest) this.#release(id);
  }

  #write(ids: number[]): void {
    if (ids.length === 0) return;
    ids.sort((a, b) => a - b);
    this.#before(ids);
    for (const id of ids) {
      this.#matrix.write(id, rowAt(this.#rows, this.#places.get(id)!, this.#matrix.cols));
      this.#changed.delete(id);
    }
  }
}

function* take(items: Iterable<number>, count: number): Generator<number> {
  let left = count;
  for (const item of items) {
    if (left-- <= 0) return;
    yield item;
  }
}

const rowAt = (rows: Float32Array, row: number, cols: number): Float32Array =>
  rows.subarray(row * cols, (row + 1) * cols);
