/** Whether probabilities mean what they say: of the labels given with 30 %, 30 % are right. */

const BINS = 20;

export interface Reliability {
  /** Expected calibration error: the mean difference between probability and share of right ones over the bins, 0 … 1. */
  error: number;
  /** Bins of equal width that are not empty, ascending: mean probability, share of right ones, number of labels. */
  bins: { probability: number; share: number; labels: number }[];
}

/** Running comparison of probabilities with what was right. Memory does not grow. */
export class Calibration {
  readonly #sums = Array.from({ length: BINS }, () => ({ labels: 0, probability: 0, right: 0 }));

  /** A label given with a probability, 0 … 1; it stands for `weight` labels. */
  add(probability: number, right: boolean, weight = 1): void {
    const bin = this.#sums[Math.min(BINS - 1, Math.floor(probability * BINS))]!;
    bin.labels += weight;
    bin.probability += weight * probability;
    if (right) bin.right += weight;
  }

  /** Over the labels so far. */
  results(): Reliability {
    const filled = this.#sums.filter(({ labels }) => labels > 0);
    const all = filled.reduce((sum, { labels }) => sum + labels, 0);
    const off = filled.reduce((sum, { probability, right }) => sum + Math.abs(probability - right), 0);
    return {
      error: all > 0 ? off / all : 0,
      bins: filled.map(({ labels, probability, right }) => ({
        probability: probability / labels,
        share: right / labels,
        labels,
      })),
    };
  }
}
