/**
 * Numbers names of which there may be more than fit memory: an external sort. Names go into a dictionary in memory; when it is full it
 * goes to disk as a run, its names in ascending order. At the end the runs are merged, which numbers the distinct names from 0 in
 * ascending order, and each entry of a dictionary learns the number of its name.
 */
import { join } from 'node:path';
import { InputError } from '../errors.js';
import { MOST_IDS } from '../formats/columns.js';
import { Matrix } from '../formats/npy.js';
import { mergeNames, type NameRun } from './merge-names.js';
import { TextReader, TextWriter } from './texts.js';

export interface NameNumbersOptions {
  /** Folder for the files, which stay there. */
  scratch: string;
  /** Names in memory at once; default 2^19. */
  most?: number;
}

/** Names that have been numbered. Owns the open files. */
export interface NumberedNames {
  /** The distinct names, ascending in UTF-16 units. */
  names: TextReader;
  /** How often each was added. */
  counts: Matrix<'int32'>;
  /** The number of the name of each entry. */
  numbers: Matrix<'int32'>;
}

/** UTF-16 units of the names in memory, beyond which they go to disk. */
const MOST_UNITS = 2 ** 25;
/** Names written in one call. */
const BLOCK = 1 << 14;

export class NameNumbers implements Disposable {
  readonly #scratch: string;
  readonly #most: number;
  readonly #runs: (NameRun & { order: Matrix<'int32'> })[] = [];
  #entries = new Map<string, number>();
  #counts: number[] = [];
  #units = 0;
  /** Entries of all runs so far. */
  #before = 0;

  constructor({ scratch, most = 2 ** 19 }: NameNumbersOptions) {
    this.#scratch = scratch;
    this.#most = most;
  }

  /** The entries of the names; equal names may have several entries, which get the same number. */
  add(names: readonly string[]): Int32Array {
    return Int32Array.from(names, (name) => {
      let entry = this.#entries.get(name);
      if (entry === undefined) {
        if (this.#entries.size === this.#most || this.#units > MOST_UNITS) this.#spill();
        entry = this.#entries.size;
        // a part of a text would keep the whole text in memory
        this.#entries.set(Buffer.from(name).toString(), entry);
        this.#counts.push(0);
        this.#units += name.length;
      }
      this.#counts[entry]!++;
      return this.#before + entry;
    });
  }

  /** Numbers the names; the caller closes the files. @throws InputError if there are 2^31 entries or more. */
  finish(): NumberedNames & Disposable {
    this.#spill();
    if (this.#before >= MOST_IDS)
      throw new InputError(`${this.#before} names of labels; expected less than 2^31`);
    const base = join(this.#scratch, 'names');
    using names = new TextWriter(base);
    const counts = Matrix.create(`${base}.counts.npy`, { dtype: 'int32', cols: 1 });
    for (const block of mergeNames(this.#runs)) {
      names.append(block.names);
      counts.append(Int32Array.from(block.counts));
    }
    names.finish();
    const numbers = Matrix.create(`${base}.numbers.npy`, { dtype: 'int32', cols: 1 });
    for (const { numbers: sorted, order } of this.#runs) {
      const ofEntries = new Int32Array(order.rows);
      const numbered = sorted.read(0, order.rows);
      order.read(0, order.rows).forEach((entry, at) => (ofEntries[entry] = numbered[at]!));
      numbers.append(ofEntries);
    }
    const reader = new TextReader(base);
    const close = (): void => {
      for (const file of [reader, counts, numbers]) file[Symbol.dispose]();
    };
    return { names: reader, counts, numbers, [Symbol.dispose]: close };
  }

  #spill(): void {
    const base = join(this.#scratch, `names-${this.#runs.length}`);
    const column = (part: string) => Matrix.create(`${base}.${part}.npy`, { dtype: 'int32', cols: 1 });
    const sorted = [...this.#entries.keys()].sort();
    const order = Int32Array.from(sorted, (name) => this.#entries.get(name)!);
    using writer = new TextWriter(base);
    for (let at = 0; at < sorted.length; at += BLOCK) writer.append(sorted.slice(at, at + BLOCK));
    writer.finish();
    const run = { order: column('order'), counts: column('counts'), numbers: column('numbers') };
    run.order.append(order);
    run.counts.append(order.map((entry) => this.#counts[entry]!));
    this.#runs.push({ ...run, names: new TextReader(base) });
    this.#before += sorted.length;
    this.#entries = new Map();
    this.#counts = [];
    this.#units = 0;
  }

  [Symbol.dispose](): void {
    for (const { names, counts, order, numbers } of this.#runs)
      for (const file of [names, counts, order, numbers]) file[Symbol.dispose]();
  }
}
