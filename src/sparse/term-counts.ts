/** Distinct terms with a count each, in the order of their first appearance: an open-addressing table over typed arrays. */

const SMALLEST = 1 << 10;

/** Memory: 16 to 32 bytes per term; `clear` keeps it. */
export class TermCounts {
  #terms = new Int32Array(SMALLEST);
  #counts = new Int32Array(SMALLEST);
  /** Number of the term in each slot, −1 in an empty one; twice as many as terms. */
  #slots = new Int32Array(2 * SMALLEST).fill(-1);
  #size = 0;

  /** Number of distinct terms. */
  get size(): number {
    return this.#size;
  }

  /** The distinct terms: a view that the next call may change. */
  get terms(): Int32Array {
    return this.#terms.subarray(0, this.#size);
  }

  /** Their counts, in the same order. */
  get counts(): Int32Array {
    return this.#counts.subarray(0, this.#size);
  }

  add(term: number, count = 1): void {
    const slot = this.#slotOf(term);
    const known = this.#slots[slot]!;
    if (known >= 0) {
      this.#counts[known]! += count;
      return;
    }
    this.#slots[slot] = this.#size;
    this.#terms[this.#size] = term;
    this.#counts[this.#size++] = count;
    if (this.#size === this.#terms.length) this.#grow();
  }

  /** 0 of an unknown term. */
  countOf(term: number): number {
    const known = this.#slots[this.#slotOf(term)]!;
    return known < 0 ? 0 : this.#counts[known]!;
  }

  clear(): void {
    // In reverse, each term is still found: those that were in its way when it came are still there.
    if (8 * this.#size > this.#slots.length) this.#slots.fill(-1);
    else for (let i = this.#size - 1; i >= 0; i--) this.#slots[this.#slotOf(this.#terms[i]!)] = -1;
    this.#size = 0;
  }

  /** The slot of a term, or the empty one where it would be. */
  #slotOf(term: number): number {
    const mask = this.#slots.length - 1;
    let slot = term & mask; // the low bits of a term are mixed
    for (let known; (known = this.#slots[slot]!) >= 0 && this.#terms[known] !== term;)
      slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const { terms, counts } = this;
    this.#terms = new Int32Array(2 * terms.length);
    this.#terms.set(terms);
    this.#counts = new Int32Array(2 * terms.length);
    this.#counts.set(counts);
    this.#slots = new Int32Array(4 * terms.length).fill(-1);
    for (let i = 0; i < terms.length; i++) this.#slots[this.#slotOf(terms[i]!)] = i;
  }
}
