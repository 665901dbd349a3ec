export interface FitOptions {
  /** Sizes are multiples of it; default 64. */
  step?: number;
  /** Share added when a size grows, so that the next one need not; default 1/32. */
  headroom?: number;
}

/**
 * Sizes for shapes that vary from batch to batch. They only grow, each time with some headroom, so that a stream of
 * batches is soon served by one session, and what a batch does not need of its room is filling.
 */
export class Room {
  readonly #sizes: Map<string, number>;

  /** With the sizes of another; shapes, and so the rounding of sums, go on as they were there. */
  constructor(sizes: Readonly<Record<string, number>> = {}) {
    this.#sizes = new Map(Object.entries(sizes));
  }

  get sizes(): Record<string, number> {
    return Object.fromEntries(this.#sizes);
  }

  /** A size of at least `needed`: the last one if it suffices. */
  fit(name: string, needed: number, { step = 64, headroom = 1 / 32 }: FitOptions = {}): number {
    const size = this.#sizes.get(name) ?? 0;
    if (needed <= size) return size;
    const grown = Math.max(step, Math.ceil((needed * (1 + headroom)) / step) * step);
    this.#sizes.set(name, grown);
    return grown;
  }
}
