/** Scores any system's predictions against the true labels, streaming. */
import * as z from 'zod';
import { evaluate, type Evaluation, type JudgedBatch } from '../operators/evaluate.js';
import { readTable } from '../operators/read-table.js';
import { readXcFilter } from '../operators/read-xc.js';
import { command, runIfMain } from '../src/command/command.js';
import { jsonOption } from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { Counts } from '../src/metrics/counts.js';
import { inversePropensity, type PropensityConstants } from '../src/metrics/propensity.js';
import { RECALL_CUTOFFS } from '../src/metrics/ranking.js';
import { metricsTable } from '../src/metrics/table.js';
import { ranked } from '../src/search/ranked.js';
import { sliceColumn, sliceColumns, type FileBatch, type Schema } from '../src/store/columns.js';
import { groupPairs, type Pairs } from '../src/store/pairs.js';
import { listAt, listCount, type Lists } from '../src/store/ragged.js';
import { writeJson } from '../src/store/write-json.js';
import { InputError } from '../src/stream/errors.js';
import { pipeline } from '../src/stream/pipeline.js';
import { watched, type Watch } from '../src/stream/progress.js';

const table = (description: string) =>
  z.string().meta({ description: `${description}; .parquet or .jsonl, one row a text`, value: 'FILE' });

export const MetricsOptions = z.object({
  truth: table('true labels: column labels (ids)'),
  predictions: table('predictions: columns labels (ids) and scores'),
  train: table('labels of the training texts, for PSP and PSnDCG: column labels').optional(),
  filter: z
    .string()
    .optional()
    .meta({ description: 'lines of text-row label-id that are taken out of the predictions', value: 'FILE' }),
  propensity: z
    .tuple([z.number().positive(), z.number().positive()])
    .default([0.55, 1.5])
    .meta({ description: 'constants of the propensity model', value: 'A,B' }),
  json: jsonOption(),
});
export type MetricsOptions = z.input<typeof MetricsOptions>;

const LABELS = { labels: 'int32[]' } as const;
const RANKED = { labels: 'int32[]', scores: 'float32[]' } as const;

/** Memory grows with the training labels that occur and with the filter, not with the texts scored. */
export async function scorePredictions(given: MetricsOptions, watch: Watch = {}): Promise<Evaluation> {
  const { truth, predictions, train, filter, propensity } = checkOptions(MetricsOptions, given);
  const { signal } = watch;
  const weight = train === undefined ? undefined : await propensityOf(train, propensity, watch);
  const excluded = filter === undefined ? undefined : await readPairs(filter, watch);
  const judged = judge(
    pipeline([truth], readTable(truth, { columns: LABELS })).run({ signal }),
    pipeline([predictions], readTable(predictions, { columns: RANKED })).run({ signal }),
    excluded,
  );
  let last: Evaluation = { texts: 0, metrics: {} };
  const evaluations = pipeline(judged, evaluate({ inversePropensity: weight })).run(
    watched(watch, { stage: 'score', counting: 'evaluate' }),
  );
  for await (const evaluation of evaluations) last = evaluation;
  if (last.texts === 0) throw new InputError(`${truth}: holds no texts`);
  return last;
}

async function propensityOf(path: string, constants: PropensityConstants, { signal }: Watch) {
  const counts = new Counts();
  let texts = 0;
  for await (const { columns } of pipeline([path], readTable(path, { columns: LABELS })).run({ signal })) {
    for (const label of columns.labels.values) counts.add(label);
    texts += listCount(columns.labels);
  }
  if (texts < 3) throw new InputError(`${path}: expected at least 3 texts for propensities, got ${texts}`);
  return inversePropensity((label) => counts.of(label), texts, constants);
}

async function readPairs(path: string, { signal }: Watch): Promise<Lists> {
  const pairs: Pairs[] = [];
  let rows = 0;
  const read = readXcFilter({ rows: MAX_ROWS, labels: 2 ** 31 });
  for await (const { columns } of pipeline([path], read).run({ signal })) {
    pairs.push({ row: columns.row, id: columns.label });
    rows = columns.row.reduce((most, row) => Math.max(most, row + 1), rows);
  }
  return groupPairs(pairs, rows);
}

/** A filter's rows cost memory up to the largest of them, so that is bounded. */
const MAX_ROWS = 2 ** 28;

type TruthBatch = FileBatch<typeof LABELS>;
type RankedBatch = FileBatch<typeof RANKED>;

/** Pairs the rows of two tables, whatever their batches are. @throws InputError if one is longer. */
async function* judge(
  truths: AsyncGenerator<TruthBatch>,
  predictions: AsyncGenerator<RankedBatch>,
  excluded: Lists | undefined,
): AsyncGenerator<JudgedBatch> {
  let truth: TruthBatch | undefined;
  let prediction: RankedBatch | undefined;
  try {
    for (;;) {
      truth = await filled(truth, truths);
      prediction = await filled(prediction, predictions);
      if (!truth && !prediction) return;
      if (!truth || !prediction) {
        const { file, start } = (truth ?? prediction)!;
        throw new InputError(`${file}, row ${start}: the other table has only ${start} rows`);
      }
      const rows = Math.min(truth.rows, prediction.rows);
      const { columns } = rowsOf(truth, 0, rows);
      yield { columns, found: foundOf(rowsOf(prediction, 0, rows), excluded) };
      truth = rowsOf(truth, rows, truth.rows);
      prediction = rowsOf(prediction, rows, prediction.rows);
    }
  } finally {
    await truths.return(undefined);
    await predictions.return(undefined);
  }
}

/** The batch, or the next with rows if it has none left. */
async function filled<T extends { rows: number }>(
  batch: T | undefined,
  next: AsyncGenerator<T>,
): Promise<T | undefined> {
  let current = batch;
  while (!current?.rows) {
    const result = await next.next();
    if (result.done) return undefined;
    current = result.value;
  }
  return current;
}

const rowsOf = <S extends Schema>(batch: FileBatch<S>, start: number, end: number): FileBatch<S> => ({
  file: batch.file,
  start: batch.start + start,
  rows: end - start,
  columns: sliceColumns<S>(batch.columns, start, end),
});

function foundOf({ file, start, rows, columns }: RankedBatch, excluded: Lists | undefined) {
  const { labels, scores } = columns;
  for (let i = 0; i < rows; i++) {
    const place = `${file}, row ${start + i}`;
    const [ids, values] = [listAt(labels, i), scores.offsets[i + 1]! - scores.offsets[i]!];
    if (ids.length !== values)
      throw new InputError(`${place}: scores: expected ${ids.length}, one a label, got ${values}`);
    const twice = ids.find((id, at) => ids.indexOf(id) !== at);
    if (twice !== undefined) throw new InputError(`${place}: labels: ${twice} is there twice`);
  }
  const last = Math.max(0, (excluded ? listCount(excluded) : 0) - start);
  const known = excluded && sliceColumn(excluded, start, start + Math.min(rows, last));
  return ranked({ labels, scores: scores.values }, { k: RECALL_CUTOFFS.at(-1)!, excluded: known });
}

export const metricsCommand = command({
  name: 'metrics',
  summary: "Score any system's predictions",
  options: MetricsOptions,
  async run(options, watch) {
    const { texts, metrics } = await scorePredictions(options, watch);
    if (options.json !== undefined) await writeJson(options.json, { texts, ...metrics });
    if (options.json !== '-') process.stdout.write(`${texts} texts\n${metricsTable(metrics)}\n`);
  },
});
await runIfMain(import.meta.url, metricsCommand);
