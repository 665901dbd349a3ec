/** Scores a trained run on test or training texts of a data set, streaming. */
import * as z from 'zod';
import { evaluate, type Evaluation } from '../operators/evaluate.js';
import { exclude } from '../operators/exclude.js';
import { readParquet } from '../operators/read-parquet.js';
import { retrieve } from '../operators/retrieve.js';
import { take } from '../operators/take.js';
import { command, runIfMain } from '../src/command/command.js';
import {
  dataOption,
  integer,
  jsonOption,
  runOption,
  searchOption,
  sourceOption,
  threadsOption,
} from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { BadRows, noteRepeats } from '../src/formats/bad-rows.js';
import { inversePropensity } from '../src/metrics/propensity.js';
import { openDataset, TEXT_COLUMNS } from '../src/store/dataset.js';
import { openRun } from '../src/sources/run.js';
import { FUSED } from '../src/sources/spec.js';
import { pipeline } from '../src/stream/pipeline.js';
import { watched, type Watch } from '../src/stream/progress.js';
import { checkLabels } from '../src/stages/check-labels.js';
import { countLabels } from '../src/stages/count-labels.js';
import { readFilter } from '../src/stages/read-filter.js';
import { showEvaluation } from '../src/report/show-evaluation.js';

export const EvaluateOptions = z.object({
  run: runOption(),
  data: dataOption(),
  split: z.enum(['train', 'test']).default('test').meta({ description: 'which texts: train or test' }),
  source: sourceOption(),
  search: searchOption('exact'),
  limit: integer(1).optional().meta({ description: 'score at most this many texts; default: all' }),
  json: jsonOption(),
  threads: threadsOption(),
});
export type EvaluateOptions = z.input<typeof EvaluateOptions>;

/**
 * Searches all labels unless asked otherwise, so that an index changes no score. Filter pairs of the split are removed from
 * what is found and from the truth; propensities come from the training texts.
 * @throws InputError if the data set has other labels than the run.
 */
export async function evaluateRun(given: EvaluateOptions, watch: Watch = {}): Promise<Evaluation> {
  const { run, data, split, source, search, limit, threads } = checkOptions(EvaluateOptions, given);
  const opened = openRun(run);
  const dataset = await openDataset(data);
  const { labels, train, propensity, paths } = dataset;
  const rows = dataset[split];
  await checkLabels(opened, dataset, watch);
  const { frequency } = await countLabels(dataset, watch);
  const filter = split === 'train' ? paths.filterTrain : paths.filterTest;
  const excluded = await readFilter(filter, { rows, labels }, watch);
  const bad = new BadRows('stop');
  const ranker = source === undefined || source === FUSED ? opened.ranker : undefined;
  let last: Evaluation = { texts: 0, metrics: {} };
  const evaluations = pipeline(
    paths[split],
    readParquet({ columns: TEXT_COLUMNS, batch: 512, below: { labels }, bad }),
    take({ rows: limit }),
    exclude({ labels: excluded }),
    retrieve({ run: opened, source, search, threads }),
    evaluate({
      inversePropensity: inversePropensity((label) => frequency[label]!, train, propensity),
      frequency,
      sources: ranker?.sources,
      probabilities: ranker?.probabilities,
    }),
  ).run(watched(watch, { stage: 'evaluate', counting: 'evaluate', total: Math.min(rows, limit ?? rows) }));
  for await (const evaluation of evaluations) last = evaluation;
  noteRepeats(watch, paths[split][0]!, bad);
  return last;
}

export const evaluateCommand = command({
  name: 'evaluate',
  summary: 'Score a trained run on texts with known labels',
  options: EvaluateOptions,
  async run(options, watch) {
    await showEvaluation(await evaluateRun(options, watch), options);
  },
});
await runIfMain(import.meta.url, evaluateCommand);
