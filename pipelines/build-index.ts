/** An index of a run's label embeddings, and of its classifiers if it has some, and how much of the best it finds. */
import { existsSync } from 'node:fs';
import * as z from 'zod';
import { buildIndex } from '../operators/build-index.js';
import { embed } from '../operators/embed.js';
import { readParquet } from '../operators/read-parquet.js';
import { search } from '../operators/search.js';
import { take } from '../operators/take.js';
import { tokenize } from '../operators/tokenize.js';
import { command, runIfMain } from '../src/command/command.js';
import { jsonOption, runOption, threadsOption, whole } from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { textTable } from '../src/metrics/table.js';
import { readConfig } from '../src/model/folder.js';
import { PRECISIONS } from '../src/search/ann.js';
import { rankedAt, type Found } from '../src/search/found.js';
import { openDataset } from '../src/store/dataset.js';
import { openRun } from '../src/store/run-folder.js';
import { writeJson } from '../src/store/write-json.js';
import { operator } from '../src/stream/operator.js';
import { pipeline } from '../src/stream/pipeline.js';
import { watched, type Watch } from '../src/stream/progress.js';

export const IndexOptions = z.object({
  run: runOption(),
  data: z.string().optional().meta({
    description: 'data set whose held-out texts recall is measured with; default: it is not measured',
    value: 'DIR',
  }),
  sample: whole(1).default(1000).meta({ description: 'held-out texts that recall is measured with' }),
  precision: z
    .enum(PRECISIONS)
    .default('f16')
    .meta({ description: 'how numbers are kept', value: PRECISIONS.join('|') }),
  connectivity: whole(2, 1024).default(32).meta({ description: 'neighbours of a vector in the graph' }),
  expansionAdd: whole(1, 65_536)
    .default(128)
    .meta({ description: 'how widely the graph is searched when a vector is added' }),
  expansionSearch: whole(1, 65_536).default(320).meta({ description: 'how widely it is searched later' }),
  json: jsonOption(),
  threads: threadsOption(),
});
export type IndexOptions = z.input<typeof IndexOptions>;

/** What was built of one matrix. */
export interface IndexResult {
  labels: string;
  index: string;
  bytes: number;
  seconds: number;
  /** Share of the labels that an exact search finds among the best 100, mean over the sample. */
  recall?: number;
}

const K = 100;

export async function indexRun(given: IndexOptions, watch: Watch = {}): Promise<IndexResult[]> {
  const { run, data, sample, threads, ...options } = checkOptions(IndexOptions, given);
  const files = openRun(run);
  const pairs = [
    { labels: files.labels, index: files.labelIndex },
    { labels: files.classifiers, index: files.classifierIndex },
  ].filter(({ labels }) => existsSync(labels));
  const queries =
    data === undefined ? undefined : await heldOut({ data, model: files.model, sample, threads }, watch);
  const results: IndexResult[] = [];
  for (const { labels, index } of pairs) {
    const started = performance.now();
    const { precision, connectivity, expansionAdd, expansionSearch } = options;
    const settings = { precision, connectivity, expansionAdd, expansionSearch };
    const { bytes } = await pipeline([labels], buildIndex({ path: index, ...settings, threads })).first(
      watched(watch, { stage: `index ${labels}`, counting: 'build-index' }),
    );
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const recall = queries && (await recallOf({ labels, index, threads }, queries, watch));
    results.push({ labels, index, bytes, seconds, ...(recall !== undefined && { recall }) });
  }
  return results;
}

interface Embedded {
  embeddings: Float32Array;
}

/** Some held-out texts, embedded. */
async function heldOut(
  { data, model, sample, threads }: { data: string; model: string; sample: number; threads: number },
  { signal }: Watch,
): Promise<Embedded[]> {
  const { paths } = await openDataset(data);
  const batches: Embedded[] = [];
  for await (const { embeddings } of pipeline(
    paths.test,
    readParquet({ columns: { text: 'string' }, batch: 256 }),
    take({ rows: sample }),
    tokenize({ tokenizer: model, maxLength: readConfig(model).maxLength, threads }),
    embed({ model, threads }),
  ).run({ signal }))
    batches.push({ embeddings });
  return batches;
}

async function recallOf(
  { labels, index, threads }: { labels: string; index: string; threads: number },
  queries: readonly Embedded[],
  watch: Watch,
): Promise<number> {
  let hits = 0;
  let all = 0;
  const compared = pipeline(
    queries,
    search<Embedded>({ labels, k: K, threads }),
    asExact,
    search<Embedded & { exact: Found }>({ labels, index, k: K, threads }),
  ).run({ signal: watch.signal });
  for await (const { exact, found } of compared)
    for (let text = 0; text < found.ids.length / K; text++) {
      const best = new Set(rankedAt(exact, text));
      all += best.size;
      hits += rankedAt(found, text).filter((label) => best.has(label)).length;
    }
  return all === 0 ? 1 : hits / all;
}

/** Puts what the exact search found where the next does not write over it. */
const asExact = operator<Embedded & { found: Found }, Embedded & { exact: Found }>(
  'as-exact',
  async function* (batches) {
    for await (const { embeddings, found } of batches) yield { embeddings, exact: found };
  },
);

export const indexCommand = command({
  name: 'index',
  summary: 'Index the labels of a trained run for approximate search',
  options: IndexOptions,
  async run(options, watch) {
    const results = await indexRun(options, watch);
    if (options.json !== undefined) await writeJson(options.json, results);
    if (options.json === '-') return;
    const measured = options.data === undefined ? [] : [`recall@${K} %`];
    const rows = results.map(({ index, bytes, seconds, recall }) => [
      index,
      (bytes / 1e6).toFixed(1),
      seconds.toFixed(1),
      ...(recall === undefined ? [] : [(100 * recall).toFixed(2)]),
    ]);
    process.stdout.write(`${textTable([['', 'MB', 'seconds', ...measured], ...rows])}\n`);
  },
});
await runIfMain(import.meta.url, indexCommand);
