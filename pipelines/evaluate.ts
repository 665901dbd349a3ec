/** Scores a trained run on the texts of a data set that were held out, streaming. */
import { evaluate, type Evaluation } from '../operators/evaluate.js';
import { exclude } from '../operators/exclude.js';
import { readParquet } from '../operators/read-parquet.js';
import { retrieve } from '../operators/retrieve.js';
import { inversePropensity } from '../src/metrics/propensity.js';
import { openDataset, TEXT_COLUMNS } from '../src/store/dataset.js';
import { openRun } from '../src/store/run-folder.js';
import { pipeline } from '../src/stream/pipeline.js';
import { watched, type Watch } from '../src/stream/progress.js';
import { countLabels } from './count-labels.js';
import { readFilter } from './read-filter.js';

export async function evaluateRun(
  { run, data, threads = 2 }: { run: string; data: string; threads?: number },
  watch: Watch = {},
): Promise<Evaluation> {
  const files = openRun(run);
  const dataset = await openDataset(data);
  const { labels, test, train, propensity } = dataset;
  const { frequency } = await countLabels(dataset, watch);
  const filter = await readFilter(dataset.paths.filterTest, { rows: test, labels }, watch);
  let last: Evaluation = { texts: 0, metrics: {} };
  const evaluations = pipeline(
    [dataset.paths.test],
    readParquet({ columns: TEXT_COLUMNS, batch: 512, below: { labels } }),
    exclude({ labels: filter }),
    retrieve({ run: files, threads }),
    evaluate({ inversePropensity: inversePropensity(frequency, train, propensity) }),
  ).run(watched(watch, { stage: 'evaluate', counting: 'evaluate', total: test }));
  for await (const evaluation of evaluations) last = evaluation;
  return last;
}
