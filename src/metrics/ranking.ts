import { distinctIds } from '../formats/lists.js';

/** Cut-offs of all metrics, and the additional ones of recall. */
const CUTOFFS = [1, 2, 3, 4, 5] as const;
export const RECALL_CUTOFFS = [...CUTOFFS, 10, 20, 50, 100] as const;

const TOP = CUTOFFS.length;
const DISCOUNT = CUTOFFS.map((rank) => 1 / Math.log2(rank + 1));

/** Metrics by name (`P@1`, `nDCG@5`, `PSP@3`, `PSnDCG@5`, `R@100`), fractions 0..1. */
export type Metrics = Record<string, number>;

/** The sums behind P, nDCG and their propensity-scored forms, at each cut-off. */
const sums = () => ({
  hits: zeros(),
  ndcg: zeros(),
  psp: zeros(),
  bestPsp: zeros(),
  psndcg: zeros(),
  bestPsndcg: zeros(),
});
const zeros = (): number[] => CUTOFFS.map(() => 0);

/**
 * Running metrics of rankings against the true labels, as the Extreme Classification Repository defines them. P@k, nDCG@k
 * (ideal: the first min(k, true labels) ranks are all hits) and R@k are means over the texts; PSP@k and PSnDCG@k are sums
 * over the texts divided by the best possible sums. A text without labels counts as zero. Memory does not grow with the
 * texts.
 * @example
 * const metrics = new RankingMetrics();
 * metrics.add(Int32Array.of(4, 2, 9), Int32Array.of(2)); // ranked best first; true
 * console.log(metrics.results()['nDCG@3']); // 0.63
 */
export class RankingMetrics {
  readonly #weight: ((label: number) => number) | undefined;
  readonly #sums = sums();
  readonly #recall = RECALL_CUTOFFS.map(() => 0);
  #texts = 0;
  #longest = 0;

  /** `inversePropensity` is needed for PSP and PSnDCG; without it they are left out. */
  constructor({ inversePropensity }: { inversePropensity?: ((label: number) => number) | undefined } = {}) {
    this.#weight = inversePropensity;
  }

  get texts(): number {
    return this.#texts;
  }

  /** Adds one text: its labels, best first, without repetition, and its true labels, of which each counts once. */
  add(ranked: Int32Array, named: Int32Array): void {
    const truth = distinctIds(named);
    this.#texts++;
    this.#longest = Math.max(this.#longest, ranked.length);
    if (truth.length === 0) return;
    const relevant = new Set(truth);
    const hit = ranked.subarray(0, RECALL_CUTOFFS.at(-1)).reduce<number[]>((ranks, label, rank) => {
      if (relevant.has(label)) ranks.push(rank);
      return ranks;
    }, []);
    RECALL_CUTOFFS.forEach((k, i) => {
      this.#recall[i]! += hit.filter((rank) => rank < k).length / truth.length;
    });
    this.#addTop(ranked, truth, new Set(hit));
  }

  #addTop(ranked: Int32Array, truth: Int32Array, hit: Set<number>): void {
    const weight = this.#weight ?? (() => 0);
    const best = Array.from(truth, weight).sort((a, b) => b - a);
    const at = { hits: 0, dcg: 0, ideal: 0, psp: 0, bestPsp: 0, psdcg: 0, bestPsdcg: 0 };
    for (let rank = 0; rank < TOP; rank++) {
      const discount = DISCOUNT[rank]!;
      if (rank < best.length) {
        at.ideal += discount;
        at.bestPsp += best[rank]!;
        at.bestPsdcg += best[rank]! * discount;
      }
      if (hit.has(rank)) {
        const own = weight(ranked[rank]!);
        at.hits++;
        at.dcg += discount;
        at.psp += own;
        at.psdcg += own * discount;
      }
      this.#sums.hits[rank]! += at.hits;
      this.#sums.ndcg[rank]! += at.dcg / at.ideal;
      this.#sums.psp[rank]! += at.psp;
      this.#sums.bestPsp[rank]! += at.bestPsp;
      this.#sums.psndcg[rank]! += at.psdcg / at.ideal;
      this.#sums.bestPsndcg[rank]! += at.bestPsdcg / at.ideal;
    }
  }

  /** Over the texts so far. Recall at a cut-off beyond the longest ranking is left out. */
  results(): Metrics {
    const { hits, ndcg, psp, bestPsp, psndcg, bestPsndcg } = this.#sums;
    const texts = Math.max(1, this.#texts);
    const metrics: Metrics = {};
    const put = (name: string, value: (i: number, k: number) => number) => {
      CUTOFFS.forEach((k, i) => (metrics[`${name}@${k}`] = value(i, k)));
    };
    put('P', (i, k) => hits[i]! / k / texts);
    put('nDCG', (i) => ndcg[i]! / texts);
    if (this.#weight) {
      put('PSP', (i) => psp[i]! / (bestPsp[i]! || 1));
      put('PSnDCG', (i) => psndcg[i]! / (bestPsndcg[i]! || 1));
    }
    RECALL_CUTOFFS.forEach((k, i) => {
      if (k <= Math.max(TOP, this.#longest)) metrics[`R@${k}`] = this.#recall[i]! / texts;
    });
    return metrics;
  }
}
