/** Profiles of labels: the sum of the rows of a label's texts and of its own text, of unit length (PIFA of PECOS, with label texts). */
import { listAt, listCount } from '../formats/lists.js';
import type { SparseSource } from '../sparse/held.js';
import { joinedRows, type SparseRows } from '../sparse/rows.js';
import { SparseWriter } from '../sparse/store.js';
import { RaggedReader } from '../store/ragged.js';

export interface ProfileOptions {
  /** Rows of the texts and of the label texts. */
  texts: SparseSource;
  labels: SparseSource;
  /** Base name of the texts of each label. */
  textsOf: string;
  /** Number of columns of the rows. */
  features: number;
  /** Base name of the profiles to write: a row per label that has one. */
  into: string;
}

/** Largest weights of a profile that are kept. */
const MOST = 1000;
/** Labels, and their texts, in memory at once. */
const [BLOCK, TEXTS] = [1024, 16_384];

/** Returns the labels that have a profile, ascending. Memory: 16 bytes per feature, 4 per label. */
export function writeProfiles({ texts, labels, textsOf, features, into }: ProfileOptions): Int32Array {
  using lists = new RaggedReader(textsOf);
  using writer = new SparseWriter(into);
  const sum = new SparseSum(features);
  const known: number[] = [];
  for (let begin = 0; begin < lists.rows; begin += BLOCK) {
    const block = lists.read(begin, Math.min(BLOCK, lists.rows - begin));
    const own = labels.gather(Int32Array.from({ length: listCount(block) }, (_x, i) => begin + i));
    const profiles: SparseRows[] = [];
    for (let i = 0; i < listCount(block); i++) {
      const list = listAt(block, i);
      for (let at = 0; at < list.length; at += TEXTS) {
        const rows = texts.gather(list.subarray(at, at + TEXTS));
        sum.add(rows, 0, rows.columns.length);
      }
      sum.add(own, own.offsets[i]!, own.offsets[i + 1]!);
      const profile = sum.take();
      if (profile.columns.length === 0) continue;
      known.push(begin + i);
      profiles.push(profile);
    }
    writer.append(joinedRows(profiles));
  }
  writer.finish();
  return Int32Array.from(known);
}

/** A sum of sparse rows. */
class SparseSum {
  readonly #sums: Float64Array;
  readonly #touched: Int32Array;
  #count = 0;

  constructor(features: number) {
    this.#sums = new Float64Array(features);
    this.#touched = new Int32Array(features);
  }

  /** Adds the entries from `begin` to `end`, whose values are above 0. */
  add({ columns, values }: SparseRows, begin: number, end: number): void {
    for (let i = begin; i < end; i++) {
      const column = columns[i]!;
      if (this.#sums[column] === 0) this.#touched[this.#count++] = column;
      this.#sums[column]! += values[i]!;
    }
  }

  /** The largest sums as one row of unit length. The next sum starts at 0. */
  take(): SparseRows {
    const sums = this.#sums;
    const touched = this.#touched.subarray(0, this.#count);
    const kept =
      touched.length > MOST ? touched.slice().sort((a, b) => sums[b]! - sums[a]! || a - b) : touched;
    const columns = kept.slice(0, MOST).sort();
    let squares = 0;
    for (const column of columns) squares += sums[column]! ** 2;
    const values = Float32Array.from(columns, (column) => sums[column]! / Math.sqrt(squares));
    for (const column of touched) sums[column] = 0;
    this.#count = 0;
    return { offsets: Int32Array.of(0, columns.length), columns, values };
  }
}
