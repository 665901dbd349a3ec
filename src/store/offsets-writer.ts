import { Matrix } from '../formats/npy.js';

/** Where rows of any length begin and end: an int64 `.npy` of rows + 1, from the lengths of the rows. */
export class OffsetsWriter implements Disposable {
  readonly #offsets: Matrix<'int64'>;
  #end = 0n;

  constructor(path: string) {
    this.#offsets = Matrix.create(path, { dtype: 'int64', cols: 1 });
    this.#offsets.append(new BigInt64Array(1));
  }

  append(lengths: ArrayLike<number>): void {
    this.#offsets.append(BigInt64Array.from(lengths, (length) => (this.#end += BigInt(length))));
  }

  finish(): void {
    this.#offsets.finish();
  }

  [Symbol.dispose](): void {
    this.#offsets[Symbol.dispose]();
  }
}
