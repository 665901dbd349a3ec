/**
 * TF-IDF: a term that occurs `tf` times in a text weighs `(1 + ln tf) · idf`, and parts of words less. A long text keeps the terms
 * of each kind that weigh most, so that work follows the number of texts, not their length. Rows have unit length.
 */
import { Features } from './features.js';
import { joinedRows, type SparseRows } from './rows.js';
import { TermCounts } from './term-counts.js';
import { readable, TERM_KINDS, visitTerms, type TermKind } from './terms.js';

/** Counts are below this, so that a column and a count fit exactly in one number. */
const COUNTS = 2 ** 20;

/** Terms of a kind that a text keeps: more than titles have. For longer texts no other number was tried. */
export const MOST_TERMS = 128;

/** Factor of the parts of words, which are many: chosen among 0.35 to 1 on splits of the training texts of two sets. */
const OF_PART = 0.6;

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
    return joinedRows(texts.map((text) => this.#weighOne(text)));
  }

  #weighOne(text: string): SparseRows {
    const counted = this.#columnsOf(text);
    const columns = Int32Array.from(counted, (each) => Math.floor(each / COUNTS));
    const values = Float32Array.from(
      counted,
      (each, i) => (1 + Math.log(each - columns[i]! * COUNTS)) * this.#weightOf(columns[i]!),
    );
    const kept = this.#heaviest(columns, values);
    const weights = Float32Array.from(kept, (i) => values[i]!);
    const length = Math.sqrt(weights.reduce((sum, value) => sum + value * value, 0));
    return {
      offsets: Int32Array.of(0, kept.length),
      columns: kept.map((i) => columns[i]!),
      values: weights.map((value) => value / length),
    };
  }

  #weightOf(column: number): number {
    const idf = this.#features.idf[column]!;
    return this.#features.kindOf(column) === 'characters' ? OF_PART * idf : idf;
  }

  /** Positions of the `MOST_TERMS` largest values of each kind, ascending; of equal ones the first. */
  #heaviest(columns: Int32Array, values: Float32Array): Int32Array {
    const all = Int32Array.from(columns, (_column, i) => i);
    if (all.length <= MOST_TERMS) return all;
    const kinds = columns.map((column) => TERM_KINDS.indexOf(this.#features.kindOf(column)));
    const place = new Int32Array(TERM_KINDS.length);
    const heaviestFirst = all.slice().sort((a, b) => values[b]! - values[a]! || a - b);
    return heaviestFirst.filter((i) => place[kinds[i]!]!++ < MOST_TERMS).sort();
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
