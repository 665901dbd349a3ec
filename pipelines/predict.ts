/** Finds labels for texts with a trained run, streaming, in the order of the texts. */
import * as z from 'zod';
import { idLabels } from '../operators/id-labels.js';
import { nameLabels, PREDICTION_COLUMNS } from '../operators/name-labels.js';
import { retrieve } from '../operators/retrieve.js';
import { writeJsonl } from '../operators/write-jsonl.js';
import { writeParquet, type Written } from '../operators/write-parquet.js';
import { command, runIfMain } from '../src/command/command.js';
import { integer, runOption, searchOption, sourceOption, threadsOption } from '../src/command/common.js';
import { outputKind } from '../src/command/kinds.js';
import { checkOptions } from '../src/command/options.js';
import { checkProbabilities } from '../src/sources/assembly.js';
import { InputError } from '../src/errors.js';
import { explained, type Explained } from '../src/predict/explained.js';
import { MOST_LABELS } from '../src/search/found.js';
import { openRun, type TrainedRun } from '../src/sources/run.js';
import type { ColumnBatch } from '../src/formats/columns.js';
import type { Operator } from '../src/stream/operator.js';
import { pipeline } from '../src/stream/pipeline.js';
import { watched, type Watch } from '../src/stream/progress.js';
import { ID_COLUMN } from '../src/store/dataset.js';
import { openTexts, type Texts } from '../src/tables/read-texts.js';

/** What is told about a text. */
const AnswerOptions = z.object({
  top: integer(1, MOST_LABELS).default(5).meta({ description: 'labels per text' }),
  minProbability: z.number().min(0).max(1).optional().meta({
    description: 'leave out labels that are less probable; needs a run whose ranker gives probabilities',
    value: 'P',
  }),
  explain: z.boolean().default(false).meta({
    description:
      'add to JSON lines the field why: the sources that found each label, and what their scores are made of',
  }),
});

export const PredictOptions = z.object({
  run: runOption(),
  input: z.string().meta({
    description:
      'texts: a table, .csv, .tsv, .jsonl or .parquet, or the lines of a .txt; - for lines of standard input',
    value: 'FILE',
  }),
  text: z.string().min(1).optional().meta({
    description: 'columns of a table that make up a text; default: text or title, or what else is usual',
    value: 'NAME,…',
  }),
  id: z.string().min(1).optional().meta({
    description:
      'column of your own ids of texts, which come with the answers; default: id or uid, where there is one',
    value: 'NAME',
  }),
  out: z.string().default('-').meta({
    description: 'predictions, as .parquet or as JSON lines, .jsonl; - for standard output',
    value: 'FILE',
  }),
  ...AnswerOptions.shape,
  source: sourceOption(),
  search: searchOption(),
  threads: threadsOption(),
});
export type PredictOptions = z.input<typeof PredictOptions>;

/** One row per text: `id` if the table has ids, `text`, `labels` (ids, best first), `scores` (of several sources: probabilities, or sums as published) and `names` (the labels' texts). */
export async function predict(given: PredictOptions, watch: Watch = {}): Promise<Written> {
  const options = checkOptions(PredictOptions, given);
  const { run, input, top, out, source, search, minProbability, threads } = options;
  const opened = openRun(run);
  if (minProbability !== undefined) checkProbabilities(opened, source);
  const kind = outputKind(out);
  const { text, id } = options;
  const { read, hasIds } = await openTexts({ path: input, asked: { text, id }, batch: BATCH }, watch);
  const columns = columnsOf(opened, hasIds);
  if (options.explain) return explain(options, { run: opened, read, columns, watch });
  const write =
    kind === 'parquet' ? writeParquet({ path: out, columns }) : writeJsonl({ path: out, columns });
  return pipeline(
    [input],
    read,
    retrieve({ run: opened, source, search, k: top, threads }),
    nameLabels({ base: opened.texts, least: minProbability }),
    withIds<ColumnBatch<typeof PREDICTION_COLUMNS>>(opened),
    write,
  ).first(watched(watch, { stage: 'predict', counting: 'name-labels' }));
}

/** The columns of an answer, `id` of the text and `ids` of the labels among them where there are such. */
const columnsOf = ({ ids }: TrainedRun, hasIds: boolean): typeof PREDICTION_COLUMNS => ({
  ...(hasIds && ID_COLUMN),
  ...PREDICTION_COLUMNS,
  ...(ids !== undefined && { ids: 'string[]' }),
});

const withIds = <T extends ColumnBatch<typeof PREDICTION_COLUMNS>>({ ids }: TrainedRun) =>
  ids === undefined ? undefined : idLabels<T>({ base: ids });

const BATCH = 512;

interface Explaining {
  run: TrainedRun;
  read: Operator<string, Texts>;
  columns: typeof PREDICTION_COLUMNS;
  watch: Watch;
}

/** As `predict`, with a row for each text that tells why: for each label a list of its sources. In one thread but for searches. */
function explain(
  { input, out, top, source, search, minProbability, threads }: z.output<typeof PredictOptions>,
  { run, read, columns, watch }: Explaining,
): Promise<Written> {
  if (outputKind(out) === 'parquet') throw new InputError(`${out}: reasons are written as JSON lines only`);
  return pipeline(
    [input],
    read,
    explained<Texts>({ run, top, source, search, minProbability, threads }),
    withIds<Explained>(run),
    writeJsonl<typeof PREDICTION_COLUMNS, Explained>({
      path: out,
      columns,
      more: ({ why }, row) => ({ why: why[row] }),
    }),
  ).first(watched(watch, { stage: 'predict', counting: 'explained' }));
}

export const predictCommand = command({
  name: 'predict',
  summary: 'Find labels for texts with a trained run',
  options: PredictOptions,
  async run(options, watch) {
    await predict(options, watch);
  },
});
await runIfMain(import.meta.url, predictCommand);
