import { Calibration, type Reliability } from '../src/metrics/calibration.js';
import { DecileMetrics, type Decile } from '../src/metrics/deciles.js';
import { DecisionMetrics, type Decisions } from '../src/metrics/decisions.js';
import type { EvaluationBatch } from '../src/metrics/pair-tables.js';
import { RankingMetrics, type Metrics } from '../src/metrics/ranking.js';
import { rankedAt, type Found } from '../src/search/found.js';
import { distinctIds, listAt, listCount, type Lists } from '../src/formats/lists.js';
import { operator, type Operator } from '../src/stream/operator.js';

/** The metrics of all texts so far. */
export interface Evaluation {
  texts: number;
  metrics: Metrics;
  /** By label frequency in training, head to tail; only with `frequency`. */
  deciles?: Decile[];
  /** Metrics of each source in `sources`. */
  sources?: Record<string, Metrics>;
  /** Of scores that are probabilities: decisions by them, and calibration of the five best labels and of all. */
  decisions?: Decisions;
  calibration?: { top5: Reliability; all: Reliability };
}

export interface EvaluateOptions {
  /** 1 / p of each label, for PSP and PSnDCG; see `inversePropensity`. Without it these are left out. */
  inversePropensity?: ((label: number) => number) | undefined;
  /** Training texts of each label, for metrics by decile; see `decilesOf`. Without it these are left out. */
  frequency?: Int32Array | undefined;
  /** Fields of the batch that are scored like `found`, which was ranked from them; default none. */
  sources?: readonly string[] | undefined;
  /** Whether scores are probabilities; default no. */
  probabilities?: boolean | undefined;
}

/** Labels of each text over which the first calibration error is. */
const TOP = 5;

/**
 * Yields the running metrics after each batch, exact for the texts so far. True labels that are `excluded` do not count: the
 * Extreme Classification Repository removes reciprocal pairs from predictions and truth alike. A text with no true label
 * left counts as a miss. Order kept; nothing in flight; memory does not grow with the texts (with `frequency`: one byte per
 * label); owns nothing.
 */
export function evaluate<T extends EvaluationBatch>({
  inversePropensity,
  frequency,
  sources = [],
  probabilities = false,
}: EvaluateOptions = {}): Operator<T, Evaluation> {
  return operator<T, Evaluation>('evaluate', async function* (batches, { progress }) {
    const running = new RankingMetrics({ inversePropensity });
    const binned = frequency && new DecileMetrics(frequency);
    const bySource = sources.map((name) => ({ name, metrics: new RankingMetrics({ inversePropensity }) }));
    const judged = probabilities ? new Judged() : undefined;
    for await (const batch of batches) {
      const { columns, found, excluded } = batch;
      const others = batch as unknown as Readonly<Record<string, Found>>;
      const count = listCount(columns.labels);
      for (let text = 0; text < count; text++) {
        const [ranked, truth] = [rankedAt(found, text), truthAt(columns.labels, excluded, text)];
        running.add(ranked, truth);
        binned?.add(ranked, truth);
        for (const { name, metrics } of bySource) metrics.add(rankedAt(others[name]!, text), truth);
        judged?.add(ranked, found.scores.subarray(text * found.k, text * found.k + ranked.length), truth);
      }
      progress(count);
      yield {
        ...{ texts: running.texts, metrics: running.results() },
        ...(binned && { deciles: binned.results() }),
        ...(bySource.length > 0 && {
          sources: Object.fromEntries(bySource.map(({ name, metrics }) => [name, metrics.results()])),
        }),
        ...judged?.results(),
      };
    }
  });
}

/** Running decisions and calibration. */
class Judged {
  readonly #decisions = new DecisionMetrics();
  readonly #top = new Calibration();
  readonly #all = new Calibration();

  add(ranked: Int32Array, probabilities: Float32Array, truth: Int32Array): void {
    this.#decisions.add(ranked, probabilities, truth);
    ranked.forEach((label, rank) => {
      const isRight = truth.includes(label);
      this.#all.add(probabilities[rank]!, isRight);
      if (rank < TOP) this.#top.add(probabilities[rank]!, isRight);
    });
  }

  results(): Required<Pick<Evaluation, 'decisions' | 'calibration'>> {
    return {
      decisions: this.#decisions.results(),
      calibration: { top5: this.#top.results(), all: this.#all.results() },
    };
  }
}

/** The labels of a text that count as true, each once. */
function truthAt(labels: Lists, excluded: Lists | undefined, text: number): Int32Array {
  const truth = distinctIds(listAt(labels, text));
  const hidden = excluded && listAt(excluded, text);
  return hidden?.length ? truth.filter((label) => !hidden.includes(label)) : truth;
}
