const BINS = 1 << 16;

/** The bits of a float32 as a whole number of the same order. */
const keyOf = (bits: number): number => (bits ^ ((bits >> 31) | 0x80000000)) >>> 0;

const keysOf = (scores: Float32Array): Int32Array =>
  new Int32Array(scores.buffer, scores.byteOffset, scores.length);

/**
 * The best scores of several nodes at once, exactly as many of each as asked for, by streaming all scores past three
 * times: to `count`, to `refine`, and to ask which go `left`, the earlier ones of equal scores. Memory: 256 KiB a node.
 */
export class Thresholds {
  readonly #histograms: Uint32Array[];
  /** Scores still to be found, once those of greater bins are; at last those of equal keys. */
  readonly #wanted: number[];
  /** The key from which scores go left, or so far the upper half of its bits. */
  readonly #keys: number[];

  /** `left`: how many scores of each node. */
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

  /** Between the passes: the bin in which the last score wanted is. */
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

  /** 1 for a score that goes left. To be asked in the order of the rows, of each once. */
  left(nodes: Uint8Array, scores: Float32Array): Uint8Array {
    const bits = keysOf(scores);
    return nodes.map((node, i) => {
      const key = keyOf(bits[i]!);
      if (key !== this.#keys[node]) return Number(key > this.#keys[node]!);
      return Number(this.#wanted[node]!-- > 0);
    });
  }
}
