const BINS = 1 << 16;

/** Maps the bits of a float32 to an unsigned integer with the same order. */
const keyOf = (bits: number): number => (bits ^ ((bits >> 31) | 0x80000000)) >>> 0;

const keysOf = (scores: Float32Array): Int32Array =>
  new Int32Array(scores.buffer, scores.byteOffset, scores.length);

/**
 * Selects the best scores of several nodes at once, exactly as many as requested of each, in three passes over all scores:
 * `count`, `refine`, and `left`, which says which go left; of equal scores the earlier ones. Memory: 256 KiB per node.
 */
export class Thresholds {
  readonly #histograms: Uint32Array[];
  /** Scores still to select after those in greater bins; finally those with the threshold key. */
  readonly #wanted: number[];
  /** The key from which scores go left; after the first pass the upper half of its bits. */
  readonly #keys: number[];

  /** `left`: how many scores of each node to select. */
  constructor(left: readonly number[]) {
    this.#wanted = [...left];
    this.#keys = left.map(() => 0);
    this.#histograms = left.map(() => new Uint32Array(BINS));
  }

  /** `nodes[i]` is the node of `scores[i]`. */
  count(nodes: Uint8Array, scores: Float32Array): void {
    const bits = keysOf(scores);
    for (let i = 0; i < nodes.length; i++) this.#histograms[nodes[i]!]![keyOf(bits[i]!) >>> 16]!++;
  }

  /** Called after each of the first two passes: finds the bin of the last score to select. */
  settle(): void {
    this.#histograms.forEach((histogram, node) => {
      let bin = BINS - 1;
      for (; bin > 0 && histogram[bin]! < this.#wanted[node]!; bin--) this.#wanted[node]! -= histogram[bin]!;
      this.#keys[node] = this.#keys[node]! * BINS + bin;
      histogram.fill(0);
    });
  }

  refine(nodes: Uint8Array, scores: Float32Array): void {
    const bits = keysOf(scores);
    for (let i = 0; i < nodes.length; i++) {
      const key = keyOf(bits[i]!);
      if (key >>> 16 === this.#keys[nodes[i]!]) this.#histograms[nodes[i]!]![key & (BINS - 1)]!++;
    }
  }

  /** 1 for a score that goes left. Call it once for each row, in row order. */
  left(nodes: Uint8Array, scores: Float32Array): Uint8Array {
    const bits = keysOf(scores);
    return nodes.map((node, i) => {
      const key = keyOf(bits[i]!);
      if (key !== this.#keys[node]) return Number(key > this.#keys[node]!);
      return Number(this.#wanted[node]!-- > 0);
    });
  }
}
