import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parameter, type Parameter } from '../model/optimisers/adamw.js';
import { InputError } from '../errors.js';
import { removeSynced } from '../files/sync.js';
import { Matrix } from '../formats/npy.js';
import { putBack, RowJournal } from '../store/row-journal.js';
import { RowCache } from '../store/row-cache.js';
import { isZero } from '../formats/vectors.js';

export interface TrainedRowsOptions {
  /** The float32 `.npy` to create for the rows and their moments, `[rows, 3 dim]`. */
  path: string;
  rows: number;
  dim: number;
  /** Maximum bytes of rows in memory. */
  memory: number;
  /** Initial values of the rows `ids`, `[ids.length, dim]`. */
  initial: (ids: Int32Array) => Float32Array;
  /** The checkpoint whose rows to resume from; default: none. */
  from?: number | undefined;
}

const BLOCK = 1024;

/** The old values of rows that were overwritten after a checkpoint. */
const journalOf = (path: string, checkpoint: number | ''): string => `${path}.undo-${checkpoint}`;

/**
 * Rows of a parameter and their Adam moments, on disk. A row of zeros has never been written and stands for its initial
 * values, so rows that no step uses cost no time and, in a sparse file, no space.
 */
export class TrainedRows implements Disposable {
  readonly #options: TrainedRowsOptions;
  readonly #state: Matrix<'float32'>;
  readonly #cache: RowCache;
  #journal: RowJournal | undefined;

  /** @throws InputError if there are no such rows to resume from. */
  constructor(options: TrainedRowsOptions) {
    const { path, rows, dim, memory, from } = options;
    this.#options = options;
    this.#state =
      from === undefined
        ? Matrix.create(path, { dtype: 'float32', cols: 3 * dim, rows })
        : Matrix.open(path, 'float32', { writable: true });
    if (from === undefined) this.forgetBefore(Infinity);
    else this.#journal = this.#restore(from);
    this.#cache = new RowCache(this.#state, { memory, before: (ids) => this.#journal?.keep(ids) });
  }

  /** Puts the rows of a checkpoint back. Whatever stops this, it can be begun again. */
  #restore(from: number): RowJournal {
    const newest = this.#journals().reverse();
    if (!newest.some(({ number }) => number === from))
      throw new InputError(
        `${journalOf(this.#options.path, from)}: not found; without it the rows cannot be restored`,
      );
    const undone = newest.filter(({ number }) => number >= from);
    for (const { journal } of undone) putBack(this.#state, journal);
    this.#state.finish(); // on the disk before the journals are gone
    // The newest first: the older ones undo what it does, should it be put back once more.
    for (const { number, journal } of undone) if (number > from) removeSynced(journal);
    return new RowJournal(this.#state, journalOf(this.#options.path, from));
  }

  get dim(): number {
    return this.#options.dim;
  }

  /** Reads the rows `ids` (distinct), `[ids.length, dim]`, and their moments. */
  gather(ids: Int32Array): Parameter {
    const { dim, initial } = this.#options;
    const rows = this.#cache.gather(ids);
    const gathered = parameter(new Float32Array(ids.length * dim), dim);
    const fresh: number[] = [];
    ids.forEach((_id, i) => {
      const at = 3 * dim * i;
      if (isZero(rows.subarray(at, at + dim))) fresh.push(i);
      gathered.data.set(rows.subarray(at, at + dim), dim * i);
      gathered.m.set(rows.subarray(at + dim, at + 2 * dim), dim * i);
      gathered.v.set(rows.subarray(at + 2 * dim, at + 3 * dim), dim * i);
    });
    const values = initial(Int32Array.from(fresh, (i) => ids[i]!));
    fresh.forEach((i, k) => {
      gathered.data.set(values.subarray(dim * k, dim * (k + 1)), dim * i);
    });
    return gathered;
  }

  scatter(ids: Int32Array, { data, m, v }: Parameter): void {
    const { dim } = this.#options;
    const rows = new Float32Array(ids.length * 3 * dim);
    ids.forEach((_id, i) => {
      const at = 3 * dim * i;
      rows.set(data.subarray(dim * i, dim * (i + 1)), at);
      rows.set(m.subarray(dim * i, dim * (i + 1)), at + dim);
      rows.set(v.subarray(dim * i, dim * (i + 1)), at + 2 * dim);
    });
    this.#cache.scatter(ids, rows);
  }

  /** Declares the current rows to belong to a checkpoint: they can then be restored however the process ends. */
  checkpoint(number: number): void {
    this.#cache.flush();
    this.#state.finish();
    this.#journal?.[Symbol.dispose]();
    this.#journal = new RowJournal(this.#state, journalOf(this.#options.path, number));
  }

  /** Declares that checkpoints before this one will not be restored. */
  forgetBefore(checkpoint: number): void {
    for (const { number, journal } of this.#journals()) if (number < checkpoint) rmSync(journal);
  }

  /** The checkpoints that can be restored, ascending. */
  #journals(): { number: number; journal: string }[] {
    const { path } = this.#options;
    const prefix = basename(journalOf(path, ''));
    return readdirSync(dirname(path))
      .filter((name) => name.startsWith(prefix))
      .map((name) => Number(name.slice(prefix.length)))
      .sort((a, b) => a - b)
      .map((number) => ({ number, journal: journalOf(path, number) }));
  }

  /** All current rows without moments, in blocks of `[…, dim]`. */
  *all(): Generator<Float32Array> {
    this.#cache.flush();
    const { rows } = this.#state;
    for (let begin = 0; begin < rows; begin += BLOCK) {
      const count = Math.min(BLOCK, rows - begin);
      yield this.gather(Int32Array.from({ length: count }, (_x, i) => begin + i)).data;
    }
  }

  [Symbol.dispose](): void {
    this.#journal?.[Symbol.dispose]();
    this.#state[Symbol.dispose]();
  }
}
