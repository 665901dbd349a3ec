/** A subset of the rows 0 … `size` − 1, one bit per row. */
export class RowSet {
  readonly size: number;
  readonly #bits: Uint8Array;
  #count = 0;

  constructor(size: number) {
    this.size = size;
    this.#bits = new Uint8Array(Math.ceil(size / 8));
  }

  /** Number of rows in the set. */
  get count(): number {
    return this.#count;
  }

  has(row: number): boolean {
    return (this.#bits[row >> 3]! & (1 << (row & 7))) !== 0;
  }

  add(row: number): void {
    if (this.has(row)) return;
    this.#bits[row >> 3]! |= 1 << (row & 7);
    this.#count++;
  }

  delete(row: number): void {
    if (!this.has(row)) return;
    this.#bits[row >> 3]! &= ~(1 << (row & 7));
    this.#count--;
  }

  /** The rows, ascending, in blocks of at most `most`. */
  *blocks(most = 65_536): Generator<Int32Array> {
    let rows: number[] = [];
    for (let row = 0; row < this.size; row++) {
      if (!this.has(row)) continue;
      if (rows.push(row) < most) continue;
      yield Int32Array.from(rows);
      rows = [];
    }
    if (rows.length > 0) yield Int32Array.from(rows);
  }
}
