/** Labels as decisions: precision, recall and F1 of the k best labels, and of those above a probability. */
import type { Metrics } from './ranking.js';

const CUTOFFS = [1, 2, 3, 4, 5, 10] as const;
const DEPTH = 10;
/** Thresholds are multiples of 1 / STEPS. */
const STEPS = 200;

export interface AtThreshold {
  threshold: number;
  precision: number;
  recall: number;
  f1: number;
}

export interface Decisions {
  /** `precision@k`, `recall@k`: means over the texts; `F1@k`: of these means; `mean F1@k`: mean over the texts. */
  metrics: Metrics;
  /** The probability from which on all labels together have the highest F1; of equal ones the highest. */
  best: AtThreshold;
}

const f1 = (precision: number, recall: number): number =>
  precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0;

/** Running decisions. Memory does not grow. A text without labels counts as zero. */
export class DecisionMetrics {
  readonly #sums = CUTOFFS.map(() => ({ precision: 0, recall: 0, f1: 0 }));
  /** Labels given and right ones, by probability. */
  readonly #given = new Float64Array(STEPS + 1);
  readonly #right = new Float64Array(STEPS + 1);
  #truths = 0;
  #texts = 0;

  /** Adds one text: its labels, best first, with their probabilities, and its true labels. */
  add(ranked: Int32Array, probabilities: Float32Array, truth: Int32Array): void {
    this.#texts++;
    this.#truths += truth.length;
    const relevant = new Set(truth);
    let hits = 0;
    const hitsAt = Array.from({ length: DEPTH }, (_x, rank) => (hits += Number(relevant.has(ranked[rank]!))));
    CUTOFFS.forEach((k, i) => {
      const precision = hitsAt[k - 1]! / k;
      const recall = hitsAt[k - 1]! / Math.max(1, truth.length);
      const sums = this.#sums[i]!;
      sums.precision += precision;
      sums.recall += recall;
      sums.f1 += f1(precision, recall);
    });
    ranked.forEach((label, rank) => {
      const step = Math.floor(STEPS * probabilities[rank]!);
      this.#given[step]!++;
      if (relevant.has(label)) this.#right[step]!++;
    });
  }

  /** Over the texts so far. */
  results(): Decisions {
    const texts = Math.max(1, this.#texts);
    const metrics: Metrics = {};
    CUTOFFS.forEach((k, i) => {
      const sums = this.#sums[i]!;
      const [precision, recall] = [sums.precision / texts, sums.recall / texts];
      Object.assign(metrics, { [`precision@${k}`]: precision, [`recall@${k}`]: recall });
      Object.assign(metrics, { [`F1@${k}`]: f1(precision, recall), [`mean F1@${k}`]: sums.f1 / texts });
    });
    return { metrics, best: this.#best() };
  }

  #best(): AtThreshold {
    let best: AtThreshold = { threshold: 1, precision: 0, recall: 0, f1: 0 };
    let [given, right] = [0, 0];
    for (let step = STEPS; step >= 0; step--) {
      given += this.#given[step]!;
      right += this.#right[step]!;
      const [precision, recall] = [right / Math.max(1, given), right / Math.max(1, this.#truths)];
      const own = f1(precision, recall);
      if (own > best.f1) best = { threshold: step / STEPS, precision, recall, f1: own };
    }
    return best;
  }
}
