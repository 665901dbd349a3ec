/**
 * The rows with the largest inner products with sparse queries, by an inverted index. The search is exact, but seldom reads the long
 * lists of frequent terms to the end: lists come in the order of what they can add at most, and as soon as the rest cannot lift
 * a row that has nothing yet among the `k` best, only rows that still can be among them are looked up in the rest (MaxScore:
 * Turtle and Flood, 1995).
 */
import { listAt, type Lists } from '../formats/lists.js';
import { emptyFound, type Found } from '../search/found.js';
import { Accumulators } from './accumulators.js';
import { Postings, type PostingList } from './postings.js';
import { sparseCount, type SparseRows } from './rows.js';

/** A term of a query. */
interface Term {
  column: number;
  begin: number;
  length: number;
  weight: number;
  /** The most that it can add to a row. */
  bound: number;
}

/** A row that was found. */
interface Hit {
  row: number;
  score: number;
}

/** Rows scored at once: 12 bytes each. */
const BLOCK = 1 << 20;
/** Sums in another order differ by less than this share. */
const SLACK = 1e-6;
/** To look up a row in a list costs as much as to add so many postings. */
const LOOKUP = 16;
/** To find the k-th best score and drop the rows below costs per row with a score as much as to add so many postings. */
const CHECK = 4;

export interface InvertedOptions {
  /** Bytes of lists that stay in memory; default 64 MiB. */
  memory?: number;
  /** Rows scored at once; default 2^20 (12 MiB). */
  block?: number;
}

export class InvertedIndex implements Disposable {
  readonly #postings: Postings;
  readonly #scores: Accumulators;

  /** @throws InputError if a file is missing or the files do not belong together. */
  constructor(base: string, { memory, block = BLOCK }: InvertedOptions = {}) {
    this.#postings = new Postings(base, { memory });
    this.#scores = new Accumulators(Math.min(block, this.#postings.rows));
  }

  /** Number of rows that are indexed. */
  get rows(): number {
    return this.#postings.rows;
  }

  /**
   * The `k` rows with the largest inner product above 0 for each query, whose values are above 0. `excluded` are, for each query,
   * rows it must not get.
   */
  search(queries: SparseRows, k: number, excluded?: Lists): Found {
    const found = emptyFound(sparseCount(queries), k);
    const terms = this.#termsOf(queries);
    for (let query = 0; query < sparseCount(queries); query++) {
      const hits = this.#best(terms[query]!, k, excluded && listAt(excluded, query));
      hits.forEach(({ row, score }, rank) => {
        found.ids[query * k + rank] = row;
        found.scores[query * k + rank] = score;
      });
    }
    return found;
  }

  /** The terms of each query, those that can add the most first. */
  #termsOf({ offsets, columns, values }: SparseRows): Term[][] {
    const { begins, lengths, most } = this.#postings.boundsOf(columns);
    return Array.from({ length: offsets.length - 1 }, (_x, query) => {
      const terms: Term[] = [];
      for (let i = offsets[query]!; i < offsets[query + 1]!; i++) {
        const [column, length, weight] = [columns[i]!, lengths[i]!, values[i]!];
        if (length > 0) terms.push({ column, begin: begins[i]!, length, weight, bound: weight * most[i]! });
      }
      return terms.sort((a, b) => b.bound - a.bound || a.column - b.column);
    });
  }

  /** Block by block: a row of a later block never displaces an equal one. */
  #best(terms: readonly Term[], k: number, excluded: Int32Array | undefined): Hit[] {
    const rest = new Float64Array(terms.length + 1); // rest[i]: what the terms from i on can add
    for (let i = terms.length - 1; i >= 0; i--) rest[i] = rest[i + 1]! + terms[i]!.bound;
    let hits: Hit[] = [];
    for (let first = 0; first < this.rows; first += this.#scores.size) {
      const least = hits.length < k ? 0 : hits[k - 1]!.score;
      if (rest[0]! < least) break;
      this.#scores.start(first, excluded);
      this.#score(terms, rest, { k, least });
      hits = [...hits, ...this.#scores.hits()].sort((a, b) => b.score - a.score || a.row - b.row).slice(0, k);
    }
    return hits;
  }

  /** Scores the rows of a block, at least those among the `k` best. `least`: the score to beat. */
  #score(terms: readonly Term[], rest: Float64Array, { k, least }: { k: number; least: number }): void {
    const scores = this.#scores;
    const lowest = (rest: number): number => (1 - SLACK) * Math.max(least, scores.largest(k)) - rest;
    let left = terms.reduce((sum, { length }) => sum + length, 0);
    let [reach, added, i] = [least + rest[0]!, 0, 0];
    for (; i < terms.length; i++) {
      const { length, weight } = terms[i]!;
      added += length;
      // The k-th best score has grown by at most what was added since. To find it costs as much as to add so many postings.
      if (added > scores.count && left > CHECK * scores.count && rest[i]! < reach - rest[i]!) {
        const limit = lowest(rest[i]!);
        reach = limit + 2 * rest[i]!;
        added = length;
        if (limit > 0) scores.keep(limit);
        if (limit > 0 && LOOKUP * scores.count * (terms.length - i) < left) break;
      }
      scores.add(this.#listOf(terms[i]!), weight);
      left -= length;
    }
    if (i < terms.length) scores.sort();
    for (; i < terms.length; i++) scores.addToKept(this.#listOf(terms[i]!), terms[i]!.weight);
    scores.keep(lowest(0));
  }

  #listOf({ column, begin, length }: Term): PostingList {
    return this.#postings.list(column, begin, length);
  }

  [Symbol.dispose](): void {
    this.#postings[Symbol.dispose]();
  }
}
