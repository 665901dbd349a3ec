import { Matrix } from '../formats/npy.js';

/** Unit vectors on disk, with the ids that clusters list. */
export interface RowFiles {
  /** A float32 `.npy`. */
  vectors: string;
  /** An int32 `.npy` of row ids, ascending; without it the ids are the row numbers. */
  ids?: string | undefined;
  /** Whether `vectors` holds exactly the rows listed in `ids`; otherwise `ids` selects rows of it. Default false. */
  compact?: boolean;
}

/** Reads such rows by their position, from 0. */
export class RowReader implements Disposable {
  readonly #vectors: Matrix<'float32'>;
  readonly #ids: Matrix<'int32'> | undefined;
  readonly #compact: boolean;

  constructor({ vectors, ids, compact = ids === undefined }: RowFiles) {
    this.#vectors = Matrix.open(vectors, 'float32');
    this.#ids = ids === undefined ? undefined : Matrix.open(ids, 'int32');
    this.#compact = compact;
  }

  get rows(): number {
    return (this.#ids ?? this.#vectors).rows;
  }

  get dim(): number {
    return this.#vectors.cols;
  }

  /** Whether the vectors are in half precision on disk. */
  get half(): boolean {
    return this.#vectors.half;
  }

  /** The ids of `count` rows from `begin`. */
  ids(begin: number, count: number): Int32Array {
    return this.#ids?.read(begin, count) ?? Int32Array.from({ length: count }, (_x, i) => begin + i);
  }

  /** `count` rows from `begin`, `[count, dim]`; written to the start of `into` if given. */
  read(begin: number, count: number, into?: Float32Array): Float32Array {
    if (this.#compact) return this.#vectors.read(begin, count, into);
    return this.#vectors.gather(this.ids(begin, count), into);
  }

  /** The rows at `positions`, `[positions.length, dim]`. */
  gather(positions: Int32Array): Float32Array {
    return this.#vectors.gather(this.#compact ? positions : this.#ids!.gather(positions));
  }

  [Symbol.dispose](): void {
    this.#vectors[Symbol.dispose]();
    this.#ids?.[Symbol.dispose]();
  }
}
