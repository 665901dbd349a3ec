/** TF-IDF: a term that occurs `tf` times in a text weighs `(1 + ln tf) · idf`; rows have unit length. */
import { Features } from './features.js';
import type { SparseRows } from './rows.js';
import { TermCounts } from './term-counts.js';
import { readable, visitTerms, type TermKind } from './terms.js';

/** Counts are below this, so that a column and a count fit exactly in one number. */
const COUNTS = 2 ** 20;

/** Weighs the terms of texts, by default of all kinds that were counted. A text without a known term is an empty row. */
export class TfIdf {
  readonly #features: Features;
  readonly #kinds: ReadonlySet<TermKind>;
  readonly #counts = new TermCounts();

  constructor(features: Features, kinds = features.kinds) {
    this.#features = features;
    this.#kinds = kinds;
  }

  weigh(texts: readonly string[]): SparseRows {
    const rows = texts.map((text) => this.#columnsOf(text));
    const offsets = new Int32Array(rows.length + 1);
    rows.forEach((row, i) => (offsets[i + 1] = offsets[i]! + row.length));
    const columns = new Int32Array(offsets[rows.length]!);
    const values = new Float32Array(columns.length);
    rows.forEach((row, i) => {
      const begin = offsets[i]!;
      let squares = 0;
      for (let k = 0; k < row.length; k++) {
        const column = Math.floor(row[k]! / COUNTS);
        const count = row[k]! - column * COUNTS;
        const value = (1 + Math.log(count)) * this.#features.idf[column]!;
        columns[begin + k] = column;
        values[begin + k] = value;
        squares += value * value;
      }
      const scale = 1 / Math.sqrt(squares);
      for (let k = begin; k < begin + row.length; k++) values[k]! *= scale;
    });
    return { offsets, columns, values };
  }

  /** The columns of a text's terms, ascending, each with its count: `column · COUNTS + count`. */
  #columnsOf(text: string): Float64Array {
    this.#counts.clear();
    visitTerms(readable(text), this.#kinds, (term) => {
      this.#counts.add(term);
    });
    const { terms, counts } = this.#counts;
    const known = new Float64Array(terms.length);
    let size = 0;
    for (let i = 0; i < terms.length; i++) {
      const column = this.#features.columnOf(terms[i]!);
      if (column >= 0) known[size++] = column * COUNTS + counts[i]!;
    }
    return known.subarray(0, size).sort();
  }
}

export interface TfIdfOptions {
  /** Base name of the features. */
  base: string;
  /** Kinds of terms; default all that are among the features. */
  kinds?: readonly TermKind[] | undefined;
}

/** @throws InputError if a file of the features is missing or invalid. */
export const openTfIdf = ({ base, kinds }: TfIdfOptions): TfIdf =>
  new TfIdf(new Features(base), kinds && new Set(kinds));
