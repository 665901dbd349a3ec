/** Rows of tables on disk, between the pass that learns the names of their labels and the one that writes their numbers. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Lists } from '../formats/lists.js';
import { Matrix } from '../formats/npy.js';
import { RaggedReader, RaggedWriter } from '../store/ragged.js';
import { TextReader, TextWriter } from '../store/texts.js';
import type { Rows } from './read-rows.js';

/** What is kept of a batch: labels as entries of the numbered names, and of each row whether its group is held out. */
interface Kept {
  entries: Int32Array;
  held: Uint8Array;
}

/** Where the rows of a file begin. */
interface Beginning {
  file: string;
  row: number;
}

const basesIn = (folder: string) => ({
  texts: join(folder, 'texts'),
  ids: join(folder, 'ids'),
  labels: join(folder, 'labels'),
  held: join(folder, 'held.npy'),
});

export class RowWriter implements Disposable {
  readonly #folder: string;
  readonly #texts: TextWriter;
  readonly #ids: TextWriter;
  readonly #labels: RaggedWriter;
  readonly #held: Matrix<'uint8'>;
  readonly #beginnings: Beginning[] = [];

  constructor(folder: string) {
    mkdirSync(folder);
    const bases = basesIn(folder);
    this.#folder = folder;
    this.#texts = new TextWriter(bases.texts);
    this.#ids = new TextWriter(bases.ids);
    this.#labels = new RaggedWriter(bases.labels);
    this.#held = Matrix.create(bases.held, { dtype: 'uint8', cols: 1 });
  }

  append({ file, start, columns }: Rows, { entries, held }: Kept): void {
    if (this.#beginnings.at(-1)?.file !== file) this.#beginnings.push({ file, row: start });
    this.#texts.append(columns.text);
    this.#ids.append(columns.id);
    this.#labels.append({ offsets: columns.labels.offsets, values: entries });
    this.#held.append(held);
  }

  /** Opens what was written. */
  finish(): StoredRows {
    for (const file of [this.#texts, this.#ids, this.#labels, this.#held]) file.finish();
    return new StoredRows(this.#folder, this.#beginnings);
  }

  [Symbol.dispose](): void {
    for (const file of [this.#texts, this.#ids, this.#labels, this.#held]) file[Symbol.dispose]();
  }
}

/** Rows `[start, start + held.length)`. */
export interface Block {
  start: number;
  text: string[];
  id: string[];
  /** Entries of the numbered names. */
  labels: Lists;
  held: Uint8Array;
}

export class StoredRows implements Disposable {
  readonly #texts: TextReader;
  readonly #ids: TextReader;
  readonly #labels: RaggedReader;
  readonly #held: Matrix<'uint8'>;
  readonly #beginnings: readonly Beginning[];

  constructor(folder: string, beginnings: readonly Beginning[]) {
    const bases = basesIn(folder);
    this.#texts = new TextReader(bases.texts);
    this.#ids = new TextReader(bases.ids);
    this.#labels = new RaggedReader(bases.labels);
    this.#held = Matrix.open(bases.held, 'uint8');
    this.#beginnings = beginnings;
  }

  get rows(): number {
    return this.#held.rows;
  }

  /** All rows, in blocks of at most `most`. */
  *blocks(most: number): Generator<Block> {
    for (const { begin, values: held } of this.#held.blocks(most)) {
      const rows = Int32Array.from({ length: held.length }, (_x, i) => begin + i);
      yield {
        start: begin,
        text: this.#texts.gather(rows),
        id: this.#ids.gather(rows),
        labels: this.#labels.read(begin, held.length),
        held,
      };
    }
  }

  /** The file of a row and its number there, as errors name them. */
  placeOf(row: number): string {
    const { file, row: first } = this.#beginnings.findLast((beginning) => beginning.row <= row)!;
    return `${file}, row ${row - first}`;
  }

  [Symbol.dispose](): void {
    for (const file of [this.#texts, this.#ids, this.#labels, this.#held]) file[Symbol.dispose]();
  }
}
