import { RankingMetrics, type Metrics } from '../src/metrics/ranking.js';
import { rankedAt, type Found } from '../src/search/found.js';
import { listAt, listCount, type Lists } from '../src/store/ragged.js';
import { operator, type Operator } from '../src/stream/operator.js';

/** Texts with their true labels and what was found for them. */
export interface JudgedBatch {
  columns: { labels: Lists };
  found: Found;
}

/** The metrics of all texts so far. */
export interface Evaluation {
  texts: number;
  metrics: Metrics;
}

export interface EvaluateOptions {
  /** 1 / p of each label, for PSP and PSnDCG; see `inversePropensity`. Without it these are left out. */
  inversePropensity?: ((label: number) => number) | undefined;
}

/**
 * Yields the metrics after each batch, running; they are exact after the last. Order kept; nothing in flight; memory
 * does not grow with the texts; owns nothing.
 */
export function evaluate<T extends JudgedBatch>({ inversePropensity }: EvaluateOptions = {}): Operator<
  T,
  Evaluation
> {
  return operator<T, Evaluation>('evaluate', async function* (batches, { progress }) {
    const running = new RankingMetrics({ inversePropensity });
    for await (const { columns, found } of batches) {
      const count = listCount(columns.labels);
      for (let text = 0; text < count; text++)
        running.add(rankedAt(found, text), listAt(columns.labels, text));
      progress(count);
      yield { texts: running.texts, metrics: running.results() };
    }
  });
}
