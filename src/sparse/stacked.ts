/** Two sources of sparse rows as one: row `i` of the second is row `first.rows + i`. */
import type { SparseSource } from './held.js';
import type { SparseRows } from './rows.js';

export class StackedRows implements SparseSource {
  readonly #first: SparseSource;
  readonly #second: SparseSource;

  constructor(first: SparseSource, second: SparseSource) {
    this.#first = first;
    this.#second = second;
  }

  get rows(): number {
    return this.#first.rows + this.#second.rows;
  }

  lengths(ids: Int32Array): Int32Array {
    const [first, second] = this.#divide(ids);
    const lengths = [this.#first.lengths(first), this.#second.lengths(second)] as const;
    const next = [0, 0];
    return ids.map((id) => {
      const part = this.#partOf(id);
      return lengths[part][next[part]!++]!;
    });
  }

  gather(ids: Int32Array): SparseRows {
    const [first, second] = this.#divide(ids);
    const parts = [this.#first.gather(first), this.#second.gather(second)] as const;
    const size = parts[0].columns.length + parts[1].columns.length;
    const [columns, values] = [new Int32Array(size), new Float32Array(size)];
    const offsets = new Int32Array(ids.length + 1);
    const next = [0, 0];
    ids.forEach((id, i) => {
      const part = this.#partOf(id);
      const from = parts[part];
      const row = next[part]!++;
      const [begin, end] = [from.offsets[row]!, from.offsets[row + 1]!];
      columns.set(from.columns.subarray(begin, end), offsets[i]);
      values.set(from.values.subarray(begin, end), offsets[i]);
      offsets[i + 1] = offsets[i]! + end - begin;
    });
    return { offsets, columns, values };
  }

  [Symbol.dispose](): void {
    this.#first[Symbol.dispose]();
    this.#second[Symbol.dispose]();
  }

  #partOf(id: number): 0 | 1 {
    return id < this.#first.rows ? 0 : 1;
  }

  /** The rows of each source, by its own ids, in their order. */
  #divide(ids: Int32Array): [Int32Array, Int32Array] {
    const { rows } = this.#first;
    return [ids.filter((id) => id < rows), ids.filter((id) => id >= rows).map((id) => id - rows)];
  }
}
