/** An index of a run's label embeddings, and of its classifiers if it has some, and how much of the best it finds. */
import { existsSync } from 'node:fs';
import * as z from 'zod';
import { buildIndex } from '../operators/build-index.js';
import { command, runIfMain } from '../src/command/command.js';
import { jsonOption, runOption, threadsOption, whole } from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { textTable } from '../src/report/table.js';
import { PRECISIONS } from '../src/search/index-file.js';
import { Matrix } from '../src/formats/npy.js';
import { openRun } from '../src/store/run-folder.js';
import { writeJson } from '../src/files/write-json.js';
import { pipeline } from '../src/stream/pipeline.js';
import { watched, type Watch } from '../src/stream/progress.js';
import { evenRows, heldOutTexts, K, measureRecall } from '../src/stages/measure-recall.js';

export const IndexOptions = z.object({
  run: runOption(),
  data: z.string().optional().meta({
    description: 'data set whose held-out texts recall is measured with; default: label embeddings are texts',
    value: 'DIR',
  }),
  sample: whole(1, 100_000)
    .default(1000)
    .meta({ description: 'texts that recall is measured with: the first, or of labels evenly spaced ones' }),
  precision: z
    .enum(PRECISIONS)
    .default('f16')
    .meta({ description: 'how numbers are kept', value: PRECISIONS.join('|') }),
  connectivity: whole(2, 1024).default(32).meta({ description: 'neighbours of a vector in the graph' }),
  expansionAdd: whole(1, 65_536)
    .default(128)
    .meta({ description: 'how widely the graph is searched when a vector is added' }),
  expansionSearch: whole(1, 65_536).default(320).meta({ description: 'how widely it is searched later' }),
  memory: whole(1)
    .default(2048)
    .meta({ description: 'MiB of an index in memory while it is made; more labels make several graphs' }),
  json: jsonOption(),
  threads: threadsOption(),
});
export type IndexOptions = z.input<typeof IndexOptions>;

/** What was built of one matrix. */
export interface IndexResult {
  labels: string;
  index: string;
  bytes: number;
  /** Of building, without measuring. */
  seconds: number;
  /** Share of the labels that an exact search finds among the best 100, over all queries. */
  recall: number;
  /** What recall was measured with, and how many of them. */
  queries: 'held-out texts' | 'label embeddings';
  sample: number;
}

/** Indexes that are there already are replaced. Where label embeddings are the queries, each finds itself, which counts for both searches. */
export async function indexRun(given: IndexOptions, watch: Watch = {}): Promise<IndexResult[]> {
  const { run, data, sample, threads, ...options } = checkOptions(IndexOptions, given);
  const { precision, connectivity, expansionAdd, expansionSearch } = options;
  const memory = options.memory * 2 ** 20;
  const files = openRun(run);
  const pairs = [{ labels: files.labels, index: files.labelIndex }];
  if (existsSync(files.classifiers)) pairs.push({ labels: files.classifiers, index: files.classifierIndex });
  const batches =
    data === undefined
      ? evenRows(files.labels, sample)
      : await heldOutTexts({ data, model: files.model, sample, threads }, watch);
  const results: IndexResult[] = [];
  for (const { labels, index } of pairs) {
    using matrix = Matrix.open(labels, 'float32');
    const started = performance.now();
    const { parts } = await pipeline(
      [labels],
      buildIndex({ path: index, precision, connectivity, expansionAdd, expansionSearch, memory, threads }),
    ).first(watched(watch, { stage: `index ${labels}`, counting: 'build-index', total: matrix.rows }));
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const recall = await measureRecall({ labels, index, threads }, batches, watch);
    results.push({
      labels,
      index,
      bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
      seconds,
      recall,
      queries: data === undefined ? 'label embeddings' : 'held-out texts',
      sample: batches.reduce((sum, { rows }) => sum + rows, 0),
    });
  }
  return results;
}

export const indexCommand = command({
  name: 'index',
  summary: 'Index the labels of a trained run for approximate search',
  options: IndexOptions,
  async run(options, watch) {
    const results = await indexRun(options, watch);
    if (options.json !== undefined) await writeJson(options.json, results);
    if (options.json === '-') return;
    const { queries, sample } = results[0]!;
    const rows = results.map(({ index, bytes, seconds, recall }) => [
      index,
      (bytes / 1e6).toFixed(1),
      seconds.toFixed(1),
      (100 * recall).toFixed(2),
    ]);
    const table = textTable([['', 'MB', 'seconds', `recall@${K} %`], ...rows]);
    const own = queries === 'label embeddings' ? ' (each finds itself, too)' : '';
    process.stdout.write(`${table}\nrecall by ${sample} ${queries}${own}\n`);
  },
});
await runIfMain(import.meta.url, indexCommand);
