/**
 * An inverted index on disk: for each column the rows that have it, ascending, and their values, which is the transpose of a store
 * of sparse rows. Beside the files of the transpose, `<base>.most.npy` is the largest value of each column and `<base>.json` tells
 * the number of rows.
 */
import * as z from 'zod';
import { InputError } from '../errors.js';
import { openTogether } from '../files/open-together.js';
import { checkJson, readJson } from '../files/read-json.js';
import { distinct } from '../formats/arrays.js';
import { Matrix } from '../formats/npy.js';
import { sparseFiles } from './store.js';

export const postingFiles = (base: string) => ({
  ...sparseFiles(base),
  most: `${base}.most.npy`,
  description: `${base}.json`,
});

export const PostingsDescription = z.object({ rows: z.int().min(0) });

/** The postings of one column. */
export interface PostingList {
  rows: Int32Array;
  values: Float32Array;
}

/** Where the lists of some columns are, how long, and their largest values. */
export interface Bounds {
  begins: Float64Array;
  lengths: Int32Array;
  most: Float32Array;
}

const MEMORY = 64 << 20;

/** What is in memory of a column. */
interface Kept {
  begin: number;
  length: number;
  most: number;
  /** Once it was read. */
  list?: PostingList;
}

/** Reads lists; the last ones used, up to `memory` bytes (default 64 MiB), stay in memory, as do the bounds of others. */
export class Postings implements Disposable {
  /** Number of rows that are indexed. */
  readonly rows: number;
  readonly #offsets: Matrix<'int64'>;
  readonly #rows: Matrix<'int32'>;
  readonly #values: Matrix<'float32'>;
  readonly #most: Matrix<'float32'>;
  /** By column, the last used last. */
  readonly #kept = new Map<number, Kept>();
  #left: number;

  /** @throws InputError if a file is missing or the files do not belong together. */
  constructor(base: string, { memory = MEMORY }: { memory?: number | undefined } = {}) {
    const { offsets, columns, values, most, description } = postingFiles(base);
    this.rows = checkJson(description, PostingsDescription, readJson(description)).rows;
    const files = openTogether(
      {
        offsets: () => Matrix.open(offsets, 'int64'),
        rows: () => Matrix.open(columns, 'int32'),
        values: () => Matrix.open(values, 'float32'),
        most: () => Matrix.open(most, 'float32'),
      },
      ({ offsets, rows, values, most }) => {
        if (most.rows !== offsets.rows - 1 || rows.rows !== values.rows)
          throw new InputError(`${base}: its files do not belong together`);
      },
    );
    this.#offsets = files.offsets;
    this.#rows = files.rows;
    this.#values = files.values;
    this.#most = files.most;
    this.#left = memory;
  }

  get columns(): number {
    return this.#offsets.rows - 1;
  }

  boundsOf(columns: Int32Array): Bounds {
    this.#learn(distinct(columns.filter((column) => !this.#kept.has(column))));
    const known = Array.from(columns, (column) => this.#kept.get(column)!);
    this.#forget();
    return {
      begins: Float64Array.from(known, ({ begin }) => begin),
      lengths: Int32Array.from(known, ({ length }) => length),
      most: Float32Array.from(known, ({ most }) => most),
    };
  }

  /** The list of a column, with its bounds. */
  list(column: number, begin: number, length: number): PostingList {
    const kept = this.#kept.get(column);
    if (kept) {
      this.#kept.delete(column);
      this.#kept.set(column, kept);
    }
    if (kept?.list) return kept.list;
    const list = { rows: this.#rows.read(begin, length), values: this.#values.read(begin, length) };
    if (!kept) return list;
    kept.list = list;
    this.#left -= bytesOf(kept) - BOUNDS;
    this.#forget();
    return list;
  }

  #learn(columns: Int32Array): void {
    const bounds = this.#offsets.gatherRanges(columns, new Int32Array(columns.length).fill(2));
    const most = this.#most.gather(columns);
    columns.forEach((column, i) => {
      const begin = Number(bounds[2 * i]);
      this.#kept.set(column, { begin, length: Number(bounds[2 * i + 1]) - begin, most: most[i]! });
      this.#left -= BOUNDS;
    });
  }

  /** Those used least recently, until the others fit. */
  #forget(): void {
    for (const [oldest, unused] of this.#kept) {
      if (this.#left >= 0) break;
      this.#kept.delete(oldest);
      this.#left += bytesOf(unused);
    }
  }

  [Symbol.dispose](): void {
    for (const file of [this.#offsets, this.#rows, this.#values, this.#most]) file[Symbol.dispose]();
  }
}

/** Bytes of bounds in memory, with their share of the table. */
const BOUNDS = 256;

const bytesOf = ({ list }: Kept): number => BOUNDS + (list ? list.rows.length * 8 : 0);
