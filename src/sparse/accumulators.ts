/** Scores of the rows of a block while the terms of a query are added one after another. */
import type { PostingList } from './postings.js';

/** Memory: 12 bytes per row of the block. */
export class Accumulators {
  /** Number of rows of a block. */
  readonly size: number;
  readonly #scores: Float64Array;
  /** Rows that have a score, in the order in which they got it, or ascending. */
  readonly #rows: Int32Array;
  #count = 0;
  #first = 0;
  #excluded: Int32Array = new Int32Array();

  constructor(size: number) {
    this.size = size;
    this.#scores = new Float64Array(size);
    this.#rows = new Int32Array(size + 1); // `add` writes one place ahead
  }

  /** Number of rows with a score. */
  get count(): number {
    return this.#count;
  }

  /** Forgets all scores; the block begins at the row `first`. Rows that are `excluded` get none. */
  start(first: number, excluded: Int32Array = new Int32Array()): void {
    for (let i = 0; i < this.#count; i++) this.#scores[this.#rows[i]!] = 0;
    for (const row of this.#excluded) this.#scores[row] = 0;
    this.#excluded = excluded.map((row) => row - first).filter((row) => row >= 0 && row < this.size);
    for (const row of this.#excluded) this.#scores[row] = -Infinity;
    this.#first = first;
    this.#count = 0;
  }

  /** Adds a term of a query, of some weight, to all rows that have it. */
  add({ rows, values }: PostingList, weight: number): void {
    const [scores, scored, first] = [this.#scores, this.#rows, this.#first];
    const end = placeOf(rows, first + this.size, 0);
    let count = this.#count;
    for (let i = placeOf(rows, first, 0); i < end; i++) {
      const row = rows[i]! - first;
      const score = scores[row]!;
      scored[count] = row; // overwritten by the next one if it had a score: which is as likely as not, so a jump would cost more
      count += Number(score === 0);
      scores[row] = score + weight * values[i]!;
    }
    this.#count = count;
  }

  /** Adds a term to the rows that have a score alone; they are sorted. */
  addToKept({ rows, values }: PostingList, weight: number): void {
    let place = 0;
    for (let i = 0; i < this.#count; i++) {
      const row = this.#rows[i]!;
      place = placeOf(rows, this.#first + row, place);
      if (rows[place] === this.#first + row) this.#scores[row]! += weight * values[place]!;
    }
  }

  /** Keeps the rows with at least this score. */
  keep(least: number): void {
    let count = 0;
    for (let i = 0; i < this.#count; i++) {
      const row = this.#rows[i]!;
      if (this.#scores[row]! >= least) this.#rows[count++] = row;
      else this.#scores[row] = 0;
    }
    this.#count = count;
  }

  /** Sorts the rows with a score, as `addToKept` needs them. */
  sort(): void {
    this.#rows.subarray(0, this.#count).sort();
  }

  /** The `k`-th largest score, 0 if fewer rows have one. */
  largest(k: number): number {
    if (this.#count < k) return 0;
    const heap = new Float64Array(k).fill(-Infinity); // the smallest on top
    for (let i = 0; i < this.#count; i++) {
      const score = this.#scores[this.#rows[i]!]!;
      if (score > heap[0]!) replaceTop(heap, score);
    }
    return heap[0]!;
  }

  /** The rows with a score, which is rounded to float32. */
  hits(): { row: number; score: number }[] {
    return Array.from(this.#rows.subarray(0, this.#count), (row) => ({
      row: this.#first + row,
      score: Math.fround(this.#scores[row]!),
    }));
  }
}

/** The place of the first value of at least `least` in an ascending list, from a place on; near ones are found faster. */
function placeOf(list: Int32Array, least: number, from: number): number {
  let step = 1;
  while (from + step < list.length && list[from + step]! < least) step *= 2;
  let [begin, end] = [from + (step >> 1), Math.min(from + step, list.length)];
  if (step === 1) begin = from;
  while (begin < end) {
    const middle = (begin + end) >>> 1;
    if (list[middle]! < least) begin = middle + 1;
    else end = middle;
  }
  return begin;
}

function replaceTop(heap: Float64Array, value: number): void {
  let at = 0;
  for (let child; (child = 2 * at + 1) < heap.length; at = child) {
    if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
    if (heap[child]! >= value) break;
    heap[at] = heap[child]!;
  }
  heap[at] = value;
}
