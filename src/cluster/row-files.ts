import { Matrix } from '../formats/npy.js';

/** Rows of unit length on disk, with names by which clusters tell of them. */
export interface RowFiles {
  /** A float32 `.npy`. */
  vectors: string;
  /** An int32 `.npy` of names, ascending; without it rows are named by their number. */
  ids?: string | undefined;
  /** Whether the vectors are these rows alone; otherwise they are the rows that the names say. Default false. */
  apart?: boolean;
}

/** Reads such rows by their place, from 0. */
export class RowReader implements Disposable {
  readonly #vectors: Matrix<'float32'>;
  readonly #ids: Matrix<'int32'> | undefined;
  readonly #apart: boolean;

  constructor({ vectors, ids, apart = ids === undefined }: RowFiles) {
    this.#vectors = Matrix.open(vectors, 'float32');
    this.#ids = ids === undefined ? undefined : Matrix.open(ids, 'int32');
    this.#apart = apart;
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

  /** The names of `count` rows from `begin`. */
  ids(begin: number, count: number): Int32Array {
    return this.#ids?.read(begin, count) ?? Int32Array.from({ length: count }, (_x, i) => begin + i);
  }

  /** `count` rows from `begin`, `[count, dim]`; into the start of `into` if it is given. */
  read(begin: number, count: number, into?: Float32Array): Float32Array {
    if (this.#apart) return this.#vectors.read(begin, count, into);
    return this.#vectors.gather(this.ids(begin, count), into);
  }

  /** The rows at `places`, `[places.length, dim]`. */
  gather(places: Int32Array): Float32Array {
    return this.#vectors.gather(this.#apart ? places : this.#ids!.gather(places));
  }

  [Symbol.dispose](): void {
    this.#vectors[Symbol.dispose]();
    this.#ids?.[Symbol.dispose]();
  }
}
