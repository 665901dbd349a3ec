/** Scores any system's predictions against the true labels, streaming. */
import * as z from 'zod';
import { evaluate, type Evaluation } from '../operators/evaluate.js';
import { readTable } from '../operators/read-table.js';
import { readXcFilter } from '../operators/read-xc.js';
import { command, runIfMain } from '../src/command/command.js';
import { jsonOption } from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { Counts } from '../src/metrics/counts.js';
import { inversePropensity, type PropensityConstants } from '../src/metrics/propensity.js';
import { groupPairs, type Pairs } from '../src/store/pairs.js';
import { BadRows, noteRepeats } from '../src/formats/bad-rows.js';
import { MOST_IDS } from '../src/formats/columns.js';
import { listCount, type Lists } from '../src/formats/lists.js';
import { InputError } from '../src/errors.js';
import { pipeline } from '../src/stream/pipeline.js';
import { watched, type Watch } from '../src/stream/progress.js';
import { pairTables, LABELS, RANKED } from '../src/metrics/pair-tables.js';
import { showEvaluation } from '../src/report/show-evaluation.js';

const table = (description: string) =>
  z.string().meta({ description: `${description}; .parquet or .jsonl, one row per text`, value: 'FILE' });

export const MetricsOptions = z.object({
  truth: table('true labels: column labels (ids)'),
  predictions: table('predictions: columns labels (ids) and scores'),
  train: table('labels of the training texts, for PSP and PSnDCG: column labels').optional(),
  filter: z
    .string()
    .optional()
    .meta({
      description:
        'lines of text-row label-id to remove from the predictions, as pyxclib does; the true labels are not filtered, ' +
        'unlike in dexa evaluate',
      value: 'FILE',
    }),
  propensity: z
    .tuple([z.number().positive(), z.number().positive()])
    .default([0.55, 1.5])
    .meta({ description: 'constants of the propensity model', value: 'A,B' }),
  json: jsonOption(),
});
export type MetricsOptions = z.input<typeof MetricsOptions>;

/**
 * The filter applies to the predictions alone, so that the metrics equal those of pyxclib; `evaluateRun` also applies its
 * filter to the true labels. Memory grows with the distinct training labels and with the filter, not with the texts.
 */
async function scorePredictions(given: MetricsOptions, watch: Watch = {}): Promise<Evaluation> {
  const { truth, predictions, train, filter, propensity } = checkOptions(MetricsOptions, given);
  const { signal } = watch;
  const weight = train === undefined ? undefined : await propensityOf(train, propensity, watch);
  const excluded = filter === undefined ? undefined : await readPairs(filter, watch);
  const bad = new BadRows('stop');
  const paired = pairTables(
    pipeline([truth], readTable(truth, { columns: LABELS, bad })).run({ signal }),
    pipeline([predictions], readTable(predictions, { columns: RANKED })).run({ signal }),
    excluded,
  );
  let last: Evaluation = { texts: 0, metrics: {} };
  const evaluations = pipeline(paired, evaluate({ inversePropensity: weight })).run(
    watched(watch, { stage: 'score', counting: 'evaluate' }),
  );
  for await (const evaluation of evaluations) last = evaluation;
  noteRepeats(watch, truth, bad);
  if (last.texts === 0) throw new InputError(`${truth}: contains no texts`);
  return last;
}

async function propensityOf(path: string, constants: PropensityConstants, watch: Watch) {
  const bad = new BadRows('stop');
  const { signal } = watch;
  const counts = new Counts();
  let texts = 0;
  for await (const { columns } of pipeline([path], readTable(path, { columns: LABELS, bad })).run({
    signal,
  })) {
    for (const label of columns.labels.values) counts.add(label);
    texts += listCount(columns.labels);
  }
  noteRepeats(watch, path, bad);
  if (texts < 3) throw new InputError(`${path}: expected at least 3 texts for propensities, got ${texts}`);
  return inversePropensity((label) => counts.of(label), texts, constants);
}

async function readPairs(path: string, { signal }: Watch): Promise<Lists> {
  const pairs: Pairs[] = [];
  let rows = 0;
  const read = readXcFilter({ rows: MAX_ROWS, labels: MOST_IDS });
  for await (const { columns } of pipeline([path], read).run({ signal })) {
    pairs.push({ row: columns.row, id: columns.label });
    rows = columns.row.reduce((most, row) => Math.max(most, row + 1), rows);
  }
  return groupPairs(pairs, rows);
}

/** A filter takes memory up to its largest row, so that is bounded. */
const MAX_ROWS = 2 ** 28;

export const metricsCommand = command({
  name: 'metrics',
  summary: "Score any system's predictions",
  options: MetricsOptions,
  async run(options, watch) {
    await showEvaluation(await scorePredictions(options, watch), options);
  },
});
await runIfMain(import.meta.url, metricsCommand);
