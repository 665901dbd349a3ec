/**
 * Lists of int32 of any length on disk, one per row: `<base>.offsets.npy` (int64, rows + 1) and `<base>.values.npy`
 * (int32), CSR without values. Stores the token ids of texts as well as their label ids.
 */
import { InputError } from '../errors.js';
import { openTogether } from '../files/open-together.js';
import { lengthsOf, type Lists } from '../formats/lists.js';
import { Matrix } from '../formats/npy.js';
import { OffsetsWriter } from './offsets-writer.js';

const paths = (base: string) => ({ offsets: `${base}.offsets.npy`, values: `${base}.values.npy` });

/**
 * Start and length of the rows `ids` in the values. `offsets` are those of the store, `size` is the number of values.
 * @throws InputError if a row is not within the values.
 */
export function rangesOf(
  offsets: Matrix<'int64'>,
  ids: ArrayLike<number>,
  size: number,
): { begins: Float64Array; counts: Int32Array } {
  const bounds = offsets.gatherRanges(ids, new Int32Array(ids.length).fill(2));
  const [begins, counts] = [new Float64Array(ids.length), new Int32Array(ids.length)];
  for (let i = 0; i < ids.length; i++) {
    const [begin, end] = [Number(bounds[2 * i]), Number(bounds[2 * i + 1])];
    checkRange(offsets.path, ids[i]!, { begin, end, size });
    begins[i] = begin;
    counts[i] = end - begin;
  }
  return { begins, counts };
}

function checkRange(path: string, row: number, range: { begin: number; end: number; size: number }): void {
  const { begin, end, size } = range;
  if (!(begin >= 0 && begin <= end && end <= size))
    throw new InputError(`${path}: row ${row} is at ${begin}..${end} of ${size} values`);
}

const BLOCK = 65_536;

/** Reads rows in any order. */
export class RaggedReader implements Disposable {
  readonly #offsets: Matrix<'int64'>;
  readonly #values: Matrix<'int32'>;

  constructor(base: string) {
    const { offsets, values } = paths(base);
    const files = openTogether(
      { offsets: () => Matrix.open(offsets, 'int64'), values: () => Matrix.open(values, 'int32') },
      (files) => {
        if (files.offsets.rows < 1) throw new InputError(`${offsets}: empty`);
      },
    );
    this.#offsets = files.offsets;
    this.#values = files.values;
  }

  get rows(): number {
    return this.#offsets.rows - 1;
  }

  /** Total number of values. */
  get size(): number {
    return this.#values.rows;
  }

  /** Number of values of `count` rows from `begin`. */
  sizeOf(begin: number, count: number): number {
    const [first, end] = [begin, begin + count].map((row) => Number(this.#offsets.read(row, 1)[0]));
    return end! - first!;
  }

  /** Number of rows without values. */
  countEmpty(): number {
    let empty = 0;
    for (let begin = 0; begin < this.rows; begin += BLOCK) {
      const bounds = this.#offsets.read(begin, Math.min(BLOCK, this.rows - begin) + 1);
      for (let i = 1; i < bounds.length; i++) if (bounds[i] === bounds[i - 1]) empty++;
    }
    return empty;
  }

  /** The rows `ids`, in that order. */
  gather(ids: ArrayLike<number>): Lists {
    const { begins, counts } = rangesOf(this.#offsets, ids, this.size);
    const offsets = new Int32Array(ids.length + 1);
    counts.forEach((count, i) => (offsets[i + 1] = offsets[i]! + count));
    return { offsets, values: this.#values.gatherRanges(begins, counts) };
  }

  /** `count` rows from `begin`, with two reads. */
  read(begin: number, count: number): Lists {
    const bounds = this.#offsets.read(begin, count + 1);
    const first = bounds[0]!;
    for (let i = 0; i < count; i++)
      checkRange(this.#offsets.path, begin + i, {
        begin: Number(bounds[i]),
        end: Number(bounds[i + 1]),
        size: this.size,
      });
    return {
      offsets: Int32Array.from(bounds, (bound) => Number(bound - first)),
      values: this.#values.read(Number(first), Number(bounds[count]! - first)),
    };
  }

  [Symbol.dispose](): void {
    this.#offsets[Symbol.dispose]();
    this.#values[Symbol.dispose]();
  }
}

/** Appends rows; they can be read after `finish`. */
export class RaggedWriter implements Disposable {
  readonly #offsets: OffsetsWriter;
  readonly #values: Matrix<'int32'>;

  constructor(base: string) {
    this.#offsets = new OffsetsWriter(paths(base).offsets);
    this.#values = Matrix.create(paths(base).values, { dtype: 'int32', cols: 1 });
  }

  append({ offsets, values }: Lists): void {
    this.#offsets.append(lengthsOf(offsets));
    this.#values.append(values.subarray(offsets[0], offsets.at(-1)));
  }

  finish(): void {
    this.#offsets.finish();
    this.#values.finish();
  }

  [Symbol.dispose](): void {
    this.#offsets[Symbol.dispose]();
    this.#values[Symbol.dispose]();
  }
}
