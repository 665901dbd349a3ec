import type { ColumnBatch } from '../formats/columns.js';
import { toLists } from '../formats/lists.js';
import type { TrainedRun } from '../sources/run.js';
import { operator, type Operator } from '../stream/operator.js';
import { Predictor, type PredictOptions, type PredictorOptions } from './predictor.js';
import type { Reason } from './reasons.js';

/** Columns of predictions. */
type Columns = { text: 'string'; labels: 'int32[]'; scores: 'float32[]'; names: 'string[]' };

/** Predictions with the reasons for each label of each text. */
export type Explained = ColumnBatch<Columns> & { why: Reason[][][] };

export interface ExplainedOptions extends PredictorOptions, Omit<PredictOptions, 'explain'> {
  run: TrainedRun;
}

/** Predicts labels and tells why; other columns are kept. Order kept; nothing in flight; owns a `Predictor`. */
export const explained = <T extends { columns: { text: string[] } }>({
  run,
  top,
  minProbability,
  ...options
}: ExplainedOptions): Operator<T, Explained> =>
  operator<T, Explained>('explained', async function* (batches, { own, progress }) {
    const predictor = own(await Predictor.open(run, options));
    for await (const { columns } of batches) {
      const { text } = columns;
      const predictions = await predictor.predict(text, {
        ...(top !== undefined && { top }),
        minProbability,
        explain: true,
      });
      const labels = toLists(predictions.map((own) => own.map(({ label }) => label)));
      const { offsets } = labels;
      const flat = predictions.flat();
      const scores = { offsets, values: Float32Array.from(flat, ({ score }) => score) };
      const names = { offsets, values: flat.map(({ name }) => name) };
      const why = predictions.map((own) => own.map(({ why = [] }) => why));
      yield { rows: text.length, columns: { ...columns, text, labels, scores, names }, why };
      progress(text.length);
    }
  });
