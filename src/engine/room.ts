/**
 * Sizes for shapes that vary from batch to batch. They only grow, each time with some headroom, so that a stream of
 * batches is soon served by one session, and what a batch does not need of its room is filling.
 */
export class Room {
  readonly #sizes = new Map<string, number>();

  /** A size of at least `needed`: the last one if it suffices. */
  fit(name: string, needed: number): number {
    const size = this.#sizes.get(name) ?? 0;
    if (needed <= size) return size;
    const grown = Math.ceil((needed * HEADROOM) / STEP) * STEP;
    this.#sizes.set(name, Math.max(STEP, grown));
    return this.fit(name, needed);
  }
}

const HEADROOM = 17 / 16;
const STEP = 64;
