/** The rows that may be among the nearest to a query, from 8-bit copies in memory: a quarter of what the rows take, read at once. */
import type { Matrix } from '../formats/npy.js';
import { lengthOf } from '../formats/vectors.js';
import { usearch } from './usearch.js';

/** Values in 8 bits: `scale` times what is stored. */
interface Rounded {
  values: Int8Array;
  scale: number;
}

/** Bytes that a source takes for shortlists, at most. */
export const MEMORY = 256 << 20;
/** Rows read at once. */
const BLOCK = 1024;
/** Rows of a shortlist at most, for each that is wanted: of sets tried, all but a few queries need less than 3. */
const AHEAD = 4;

/** Memory: a byte per value of the matrix. */
export class Shortlist {
  readonly #rows: Rounded;
  readonly #dim: number;
  /** The largest length of a rounded row, and of what a row lost by rounding. */
  #length = 0;
  #lost = 0;

  /** Reads the matrix twice. */
  constructor(matrix: Matrix<'float32'>) {
    const { rows, cols } = matrix;
    this.#dim = cols;
    let largest = 0;
    for (const { values } of matrix.blocks(BLOCK)) largest = Math.max(largest, largestOf(values));
    this.#rows = { values: new Int8Array(rows * cols), scale: largest / 127 };
    for (const { begin, values } of matrix.blocks(BLOCK))
      for (let at = 0; at < values.length; at += cols) {
        const place = begin * cols + at;
        const rounded = this.#rows.values.subarray(place, place + cols);
        const { length, lost } = round(values.subarray(at, at + cols), rounded, this.#rows.scale);
        this.#length = Math.max(this.#length, length);
        this.#lost = Math.max(this.#lost, lost);
      }
  }

  /**
   * Rows, ascending, that include the `k` with the largest inner product with a query, `excluded` ones left out, and all
   * equal to the last of these. `undefined` if there would be too many.
   */
  of(query: Float32Array, k: number, excluded: Int32Array = new Int32Array()): Int32Array | undefined {
    const dim = this.#dim;
    const wanted = AHEAD * k + excluded.length;
    if (wanted > this.#rows.values.length / dim) return undefined;
    const scale = largestOf(query) / 127;
    const values = new Int8Array(dim);
    const { lost } = round(query, values, scale);
    const { exactSearch, MetricKind } = usearch();
    const { keys, distances } = exactSearch(this.#rows.values, values, dim, wanted, MetricKind.IP, 1);
    const unit = scale * this.#rows.scale;
    const places = Array.from(keys, (_key, i) => i).filter((i) => !excluded.includes(Number(keys[i])));
    const scoreOf = (place: number | undefined): number => unit * (1 - distances[place!]!);
    // An inner product differs by the parts lost, and by the rounding of sums, from the one of the rounded vectors.
    const length = lengthOf(query);
    const rounding = (dim + 2) * 2 ** -23 * length * (this.#length + this.#lost);
    const margin = length * this.#lost + lost * this.#length + rounding;
    const least = scoreOf(places[k - 1]) - 2 * margin;
    if (!(scoreOf(keys.length - 1) < least)) return undefined; // also if a value is not finite
    return Int32Array.from(places.filter((place) => scoreOf(place) >= least), (i) => Number(keys[i])).sort(); // prettier-ignore
  }
}

const largestOf = (values: Float32Array): number => {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
};

/** Rounds into 8 bits. The lengths of the result and of what was lost, in units of the values. */
function round(row: Float32Array, into: Int8Array, scale: number): { length: number; lost: number } {
  let [length, lost] = [0, 0];
  for (let i = 0; i < row.length; i++) {
    const rounded = Math.round(row[i]! / scale);
    into[i] = rounded;
    length += rounded * rounded;
    lost += (row[i]! - scale * rounded) ** 2;
  }
  return { length: scale * Math.sqrt(length), lost: Math.sqrt(lost) };
}
