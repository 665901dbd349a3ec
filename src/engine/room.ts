export interface FitOptions {
  /** Sizes are multiples of this; default 64. */
  step?: number;
  /** Fraction added when a size grows, so that it grows less often; default 1/32. */
  headroom?: number;
}

/**
 * Padded sizes for shapes that vary from batch to batch. They only grow, each time with some headroom, so that after a few
 * batches one compiled session fits all; unused capacity is padding.
 */
export class Room {
  readonly #sizes: Map<string, number>;

  /** Starts with the sizes of an earlier instance, so that shapes, and thus the rounding of sums, stay the same. */
  constructor(sizes: Readonly<Record<string, number>> = {}) {
    this.#sizes = new Map(Object.entries(sizes));
  }

  get sizes(): Record<string, number> {
    return Object.fromEntries(this.#sizes);
  }

  /** A size of at least `needed`; the current one of this name if it suffices. */
  fit(name: string, needed: number, { step = 64, headroom = 1 / 32 }: FitOptions = {}): number {
    const size = this.#sizes.get(name) ?? 0;
    if (needed <= size) return size;
    const grown = Math.max(step, Math.ceil((needed * (1 + headroom)) / step) * step);
    this.#sizes.set(name, grown);
    return grown;
  }
}
