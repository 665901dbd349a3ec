import { DecileMetrics, type Decile } from '../src/metrics/deciles.js';
import type { EvaluationBatch } from '../src/metrics/pair-tables.js';
import { RankingMetrics, type Metrics } from '../src/metrics/ranking.js';
import { rankedAt } from '../src/search/found.js';
import { listAt, listCount, type Lists } from '../src/formats/lists.js';
import { operator, type Operator } from '../src/stream/operator.js';

/** The metrics of all texts so far. */
export interface Evaluation {
  texts: number;
  metrics: Metrics;
  /** By label frequency in training, head to tail; only with `frequency`. */
  deciles?: Decile[];
}

export interface EvaluateOptions {
  /** 1 / p of each label, for PSP and PSnDCG; see `inversePropensity`. Without it these are left out. */
  inversePropensity?: ((label: number) => number) | undefined;
  /** Training texts of each label, for metrics by decile; see `decilesOf`. Without it these are left out. */
  frequency?: Int32Array | undefined;
}

/**
 * Yields the running metrics after each batch, exact for the texts so far. True labels that are `excluded` do not count: the
 * Extreme Classification Repository removes reciprocal pairs from predictions and truth alike. A text with no true label
 * left counts as a miss. Order kept; nothing in flight; memory does not grow with the texts (with `frequency`: one byte per
 * label); owns nothing.
 */
export function evaluate<T extends EvaluationBatch>({
  inversePropensity,
  frequency,
}: EvaluateOptions = {}): Operator<T, Evaluation> {
  return operator<T, Evaluation>('evaluate', async function* (batches, { progress }) {
    const running = new RankingMetrics({ inversePropensity });
    const binned = frequency && new DecileMetrics(frequency);
    for await (const { columns, found, excluded } of batches) {
      const count = listCount(columns.labels);
      for (let text = 0; text < count; text++) {
        const [ranked, truth] = [rankedAt(found, text), truthAt(columns.labels, excluded, text)];
        running.add(ranked, truth);
        binned?.add(ranked, truth);
      }
      progress(count);
      const deciles = binned?.results();
      yield { texts: running.texts, metrics: running.results(), ...(deciles && { deciles }) };
    }
  });
}

/** The labels of a text that count as true. */
function truthAt(labels: Lists, excluded: Lists | undefined, text: number): Int32Array {
  const truth = listAt(labels, text);
  const hidden = excluded && listAt(excluded, text);
  return hidden?.length ? truth.filter((label) => !hidden.includes(label)) : truth;
}
