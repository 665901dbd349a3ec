/** The best of many scored items: highest score first, of equal scores the lower item first. */
export class BestOf {
  readonly items: Int32Array;
  readonly scores: Float32Array;
  #count = 0;

  constructor(most: number) {
    this.items = new Int32Array(most);
    this.scores = new Float32Array(most);
  }

  /** How many there are, at most the number that fits. */
  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
  }

  offer(item: number, score: number): void {
    const { items, scores } = this;
    if (this.#count === scores.length && !this.#isBefore(item, score, this.#count - 1)) return; // nearly all end here
    let at = this.#count < scores.length ? this.#count++ : this.#count - 1;
    for (; at > 0 && this.#isBefore(item, score, at - 1); at--) {
      scores[at] = scores[at - 1]!;
      items[at] = items[at - 1]!;
    }
    scores[at] = score;
    items[at] = item;
  }

  #isBefore(item: number, score: number, at: number): boolean {
    const other = this.scores[at]!;
    return score > other || (score === other && item < this.items[at]!);
  }
}
