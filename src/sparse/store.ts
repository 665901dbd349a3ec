/** Sparse rows on disk (CSR): `<base>.offsets.npy` (int64, rows + 1), `<base>.columns.npy` (int32), `<base>.values.npy` (float32). */
import { InputError } from '../errors.js';
import { openTogether } from '../files/open-together.js';
import { lengthsOf } from '../formats/lists.js';
import { Matrix } from '../formats/npy.js';
import { OffsetsWriter } from '../store/offsets-writer.js';
import { rangesOf } from '../store/ragged.js';
import { offsetsOf, type SparseRows } from './rows.js';

export const sparseFiles = (base: string) => ({
  offsets: `${base}.offsets.npy`,
  columns: `${base}.columns.npy`,
  values: `${base}.values.npy`,
});

/** Reads rows in any order. @throws InputError if a file is missing or the files do not belong together. */
export class SparseReader implements Disposable {
  readonly #offsets: Matrix<'int64'>;
  readonly #columns: Matrix<'int32'>;
  readonly #values: Matrix<'float32'>;

  constructor(base: string) {
    const paths = sparseFiles(base);
    const files = openTogether(
      {
        offsets: () => Matrix.open(paths.offsets, 'int64'),
        columns: () => Matrix.open(paths.columns, 'int32'),
        values: () => Matrix.open(paths.values, 'float32'),
      },
      ({ offsets, columns, values }) => {
        if (offsets.rows < 1 || columns.rows !== values.rows)
          throw new InputError(`${base}: its files do not belong together`);
      },
    );
    this.#offsets = files.offsets;
    this.#columns = files.columns;
    this.#values = files.values;
  }

  get rows(): number {
    return this.#offsets.rows - 1;
  }

  /** Number of entries of all rows. */
  get size(): number {
    return this.#values.rows;
  }

  /** Number of entries of the rows `ids`. */
  lengths(ids: ArrayLike<number>): Int32Array {
    return rangesOf(this.#offsets, ids, this.size).counts;
  }

  /** Writes the entries of the rows `ids`, in that order; the arrays have their exact number. */
  fill(ids: ArrayLike<number>, { columns, values }: Pick<SparseRows, 'columns' | 'values'>): void {
    const { begins, counts } = rangesOf(this.#offsets, ids, this.size);
    this.#columns.gatherRanges(begins, counts, columns);
    this.#values.gatherRanges(begins, counts, values);
  }

  /** The rows `ids`, in that order. */
  gather(ids: ArrayLike<number>): SparseRows {
    const { begins, counts } = rangesOf(this.#offsets, ids, this.size);
    return {
      offsets: offsetsOf(counts),
      columns: this.#columns.gatherRanges(begins, counts),
      values: this.#values.gatherRanges(begins, counts),
    };
  }

  /** `count` rows from `begin`. */
  read(begin: number, count: number): SparseRows {
    const bounds = this.#offsets.read(begin, count + 1);
    const first = Number(bounds[0]);
    const offsets = Int32Array.from(bounds, (bound) => Number(bound) - first);
    const size = offsets[count]!;
    return { offsets, columns: this.#columns.read(first, size), values: this.#values.read(first, size) };
  }

  [Symbol.dispose](): void {
    for (const file of [this.#offsets, this.#columns, this.#values]) file[Symbol.dispose]();
  }
}

/** Appends rows; they can be read after `finish`. */
export class SparseWriter implements Disposable {
  readonly #offsets: OffsetsWriter;
  readonly #columns: Matrix<'int32'>;
  readonly #values: Matrix<'float32'>;

  constructor(base: string) {
    this.#offsets = new OffsetsWriter(sparseFiles(base).offsets);
    this.#columns = Matrix.create(sparseFiles(base).columns, { dtype: 'int32', cols: 1 });
    this.#values = Matrix.create(sparseFiles(base).values, { dtype: 'float32', cols: 1 });
  }

  append({ offsets, columns, values }: SparseRows): void {
    this.#offsets.append(lengthsOf(offsets));
    this.#columns.append(columns.subarray(offsets[0], offsets.at(-1)));
    this.#values.append(values.subarray(offsets[0], offsets.at(-1)));
  }

  finish(): void {
    for (const file of [this.#offsets, this.#columns, this.#values]) file.finish();
  }

  [Symbol.dispose](): void {
    for (const file of [this.#offsets, this.#columns, this.#values]) file[Symbol.dispose]();
  }
}
