/** Ten bins of labels by frequency in training, head to tail, with about equally many occurrences each. */
import { distinctIds } from '../formats/lists.js';
import type { Metrics } from './ranking.js';

const DECILES = 10;

/** Cut-offs of precision and of recall. */
const PRECISION_CUTOFFS = [1, 5] as const;
const RECALL_CUTOFFS = [10, 100] as const;
const DEPTH = Math.max(...RECALL_CUTOFFS);

/**
 * The bin of each label, 0 is the head. Labels are sorted from the most frequent to the rarest, ties by id, and cut where
 * the cumulated occurrences are nearest to 1/10, 2/10, … of all. Labels that never occur are in the last bin. A label with
 * more than a tenth of all occurrences leaves bins empty. Memory: one byte per label, and a few per distinct frequency.
 * @example
 * decilesOf(Int32Array.of(1, 9)); // Uint8Array [9, 4], numbered from the head
 */
export function decilesOf(frequency: Int32Array): Uint8Array {
  const before = occurrencesBefore(frequency);
  const all = frequency.reduce((sum, count) => sum + count, 0);
  const binOf = new Uint8Array(frequency.length).fill(DECILES - 1);
  frequency.forEach((count, label) => {
    if (count === 0) return;
    const begin = before.get(count)!;
    before.set(count, begin + count);
    binOf[label] = Math.floor((DECILES * (begin + count / 2)) / all);
  });
  return binOf;
}

/** For each frequency, the total occurrences of the labels that are more frequent. */
function occurrencesBefore(frequency: Int32Array): Map<number, number> {
  const labels = new Map<number, number>();
  for (const count of frequency) labels.set(count, (labels.get(count) ?? 0) + 1);
  let sum = 0;
  const before = new Map<number, number>();
  for (const count of [...labels.keys()].sort((a, b) => b - a)) {
    before.set(count, sum);
    sum += count * labels.get(count)!;
  }
  return before;
}

/** One bin of labels, and how well they were found. */
export interface Decile {
  labels: number;
  /** Training texts of its rarest and of its most frequent label; absent in an empty bin. */
  least?: number;
  most?: number;
  /** How often its labels occur as true labels. */
  truths: number;
  /**
   * `P@1` and `P@5`: the bin's contributions, which sum to P over all bins. `R@10` and `R@100`: hits divided by `truths`;
   * left out where `truths` is 0 or no ranking is that long.
   */
  metrics: Metrics;
}

/**
 * Running metrics by decile. Memory: one byte per label; it does not grow with the texts.
 * @example
 * const deciles = new DecileMetrics(Int32Array.of(90, 10, 5));
 * deciles.add(Int32Array.of(0, 2), Int32Array.of(2));
 * console.log(deciles.results().at(-1)?.truths);
 */
export class DecileMetrics {
  readonly #binOf: Uint8Array;
  readonly #bins: Omit<Decile, 'truths' | 'metrics'>[];
  readonly #truths = zeros();
  /** Hits within each cut-off, by bin. */
  readonly #hits = new Map<number, number[]>(
    [...PRECISION_CUTOFFS, ...RECALL_CUTOFFS].map((k) => [k, zeros()] as const),
  );
  #texts = 0;
  #longest = 0;

  /** `frequency`: training texts of each label. */
  constructor(frequency: Int32Array) {
    this.#binOf = decilesOf(frequency);
    this.#bins = describe(this.#binOf, frequency);
  }

  /** Adds one text: its labels, best first, without repetition, and its true labels, of which each counts once. */
  add(ranked: Int32Array, named: Int32Array): void {
    const truth = distinctIds(named);
    this.#texts++;
    this.#longest = Math.max(this.#longest, ranked.length);
    for (const label of truth) this.#truths[this.#bin(label)]!++;
    const relevant = new Set(truth);
    ranked.subarray(0, DEPTH).forEach((label, rank) => {
      if (!relevant.has(label)) return;
      for (const [k, hits] of this.#hits) if (rank < k) hits[this.#bin(label)]!++;
    });
  }

  /** A label that was not counted never occurred in training. */
  #bin(label: number): number {
    return this.#binOf[label] ?? DECILES - 1;
  }

  /** Over the texts so far, head to tail. */
  results(): Decile[] {
    const texts = Math.max(1, this.#texts);
    return this.#bins.map((bin, i) => {
      const truths = this.#truths[i]!;
      const hits = (k: number) => this.#hits.get(k)![i]!;
      const metrics: Metrics = {};
      for (const k of PRECISION_CUTOFFS) metrics[`P@${k}`] = hits(k) / k / texts;
      for (const k of RECALL_CUTOFFS)
        if (truths > 0 && k <= this.#longest) metrics[`R@${k}`] = hits(k) / truths;
      return { ...bin, truths, metrics };
    });
  }
}

const zeros = (): number[] => new Array<number>(DECILES).fill(0);

/** The number of labels in each bin, and their range of frequencies. */
function describe(binOf: Uint8Array, frequency: Int32Array): Omit<Decile, 'truths' | 'metrics'>[] {
  const bins = zeros().map(() => ({ labels: 0, least: Infinity, most: -Infinity }));
  frequency.forEach((count, label) => {
    const bin = bins[binOf[label]!]!;
    bin.labels++;
    bin.least = Math.min(bin.least, count);
    bin.most = Math.max(bin.most, count);
  });
  return bins.map((bin) => (bin.labels > 0 ? bin : { labels: 0 }));
}
