/** Texts on disk, read by row: `<base>.offsets.npy` (int64, rows + 1) and `<base>.utf8.npy` (uint8). */
import { openTogether } from '../files/open-together.js';
import { Matrix } from '../formats/npy.js';
import { OffsetsWriter } from './offsets-writer.js';
import { rangesOf } from './ragged.js';

const paths = (base: string) => ({ offsets: `${base}.offsets.npy`, bytes: `${base}.utf8.npy` });

export class TextReader implements Disposable {
  readonly #offsets: Matrix<'int64'>;
  readonly #bytes: Matrix<'uint8'>;

  constructor(base: string) {
    const { offsets, bytes } = paths(base);
    const files = openTogether({
      offsets: () => Matrix.open(offsets, 'int64'),
      bytes: () => Matrix.open(bytes, 'uint8'),
    });
    this.#offsets = files.offsets;
    this.#bytes = files.bytes;
  }

  get rows(): number {
    return this.#offsets.rows - 1;
  }

  /** Total bytes of all texts. */
  get size(): number {
    return this.#bytes.rows;
  }

  /** The texts `rows`, in that order. */
  gather(rows: Int32Array): string[] {
    const { begins, counts } = rangesOf(this.#offsets, rows, this.size);
    const bytes = Buffer.from(this.#bytes.gatherRanges(begins, counts).buffer);
    let end = 0;
    return Array.from(counts, (count) => bytes.toString('utf8', end, (end += count)));
  }

  [Symbol.dispose](): void {
    this.#offsets[Symbol.dispose]();
    this.#bytes[Symbol.dispose]();
  }
}

/** Appends texts; they can be read after `finish`. */
export class TextWriter implements Disposable {
  readonly #offsets: OffsetsWriter;
  readonly #bytes: Matrix<'uint8'>;

  constructor(base: string) {
    this.#offsets = new OffsetsWriter(paths(base).offsets);
    this.#bytes = Matrix.create(paths(base).bytes, { dtype: 'uint8', cols: 1 });
  }

  append(texts: readonly string[]): void {
    const encoded = texts.map((text) => Buffer.from(text));
    this.#offsets.append(encoded.map(({ length }) => length));
    this.#bytes.append(Buffer.concat(encoded));
  }

  finish(): void {
    this.#offsets.finish();
    this.#bytes.finish();
  }

  [Symbol.dispose](): void {
    this.#offsets[Symbol.dispose]();
    this.#bytes[Symbol.dispose]();
  }
}
