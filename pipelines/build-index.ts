/** Builds indexes of a run's vectors (embeddings of labels and of texts, classifiers) and measures their recall. */
import * as z from 'zod';
import { buildIndex } from '../operators/build-index.js';
import { command, runIfMain } from '../src/command/command.js';
import { integer, jsonOption, runOption, threadsOption } from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { textTable } from '../src/report/table.js';
import { PRECISIONS } from '../src/search/index-file.js';
import { Matrix } from '../src/formats/npy.js';
import { indexablesOf, openRun } from '../src/sources/run.js';
import type { Indexable } from '../src/sources/source.js';
import { writeJson } from '../src/files/write-json.js';
import { pipeline } from '../src/stream/pipeline.js';
import { watched, type Watch } from '../src/stream/progress.js';
import { evenRows, heldOutTexts, K, measureRecall, type Embedded } from '../src/stages/measure-recall.js';
import { print } from '../src/files/standard-output.js';

const GraphOptions = z.object({
  precision: z
    .enum(PRECISIONS)
    .default('f16')
    .meta({ description: 'precision of the numbers', value: PRECISIONS.join('|') }),
  connectivity: integer(2, 1024).default(32).meta({ description: 'neighbours of a vector in the graph' }),
  expansionAdd: integer(1, 65_536).default(128).meta({ description: 'search width when a vector is added' }),
  expansionSearch: integer(1, 65_536)
    .default(320)
    .meta({ description: 'search width when labels are searched' }),
  memory: integer(1).default(2048).meta({
    description: 'maximum MiB of memory while an index is built; more labels are split into several graphs',
  }),
});

export const IndexOptions = z.object({
  run: runOption(),
  data: z.string().optional().meta({
    description: 'data set whose held-out texts are the queries for recall; default: label embeddings',
    value: 'DIR',
  }),
  sample: integer(1, 100_000)
    .default(1000)
    .meta({ description: 'number of queries for recall: the first texts, or evenly spaced labels' }),
  ...GraphOptions.shape,
  json: jsonOption(),
  threads: threadsOption(),
});
export type IndexOptions = z.input<typeof IndexOptions>;

/** The index of one matrix. */
export interface IndexResult {
  vectors: string;
  index: string;
  bytes: number;
  /** For building, without measuring recall. */
  seconds: number;
  /** Share of the 100 best rows of an exact search that the index finds, over all queries. */
  recall: number;
  /** Kind and number of the queries for recall. */
  queries: 'held-out texts' | 'label embeddings' | 'text embeddings';
  sample: number;
}

interface Queries {
  kind: IndexResult['queries'];
  batches: readonly Embedded[];
}

/**
 * Indexes the vectors of every source that has some, replacing existing indexes. If label embeddings are the queries, each
 * finds itself, which counts for both searches.
 */
export async function indexRun(given: IndexOptions, watch: Watch = {}): Promise<IndexResult[]> {
  const options = checkOptions(IndexOptions, given);
  const queries = new Map<string, Queries>(); // by model: what is searched by its embeddings shares them
  const results: IndexResult[] = [];
  for (const indexable of indexablesOf(openRun(options.run))) {
    const { model } = indexable;
    const own = queries.get(model) ?? (await queriesFor(indexable, options, watch));
    queries.set(model, own);
    results.push(await indexVectors(indexable, own, options, watch));
  }
  return results;
}

async function queriesFor(
  { of, model, vectors }: Indexable,
  { data, sample, threads }: Options,
  watch: Watch,
): Promise<Queries> {
  return data === undefined
    ? { kind: `${of} embeddings`, batches: evenRows(vectors, sample) }
    : { kind: 'held-out texts', batches: await heldOutTexts({ data, model, sample, threads }, watch) };
}

type Options = z.output<typeof IndexOptions>;

async function indexVectors(
  { vectors, index }: Indexable,
  { kind, batches }: Queries,
  { precision, connectivity, expansionAdd, expansionSearch, threads, ...options }: Options,
  watch: Watch,
): Promise<IndexResult> {
  using matrix = Matrix.open(vectors, 'float32');
  const memory = options.memory * 2 ** 20;
  const started = performance.now();
  const { parts } = await pipeline(
    [vectors],
    buildIndex({ path: index, precision, connectivity, expansionAdd, expansionSearch, memory, threads }),
  ).first(watched(watch, { stage: `index ${vectors}`, counting: 'build-index', total: matrix.rows }));
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  return {
    vectors,
    index,
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    seconds,
    recall: await measureRecall({ labels: vectors, index, threads }, batches, watch),
    queries: kind,
    sample: batches.reduce((sum, { rows }) => sum + rows, 0),
  };
}

export const indexCommand = command({
  name: 'index',
  summary: 'Index the vectors of a trained run for approximate search',
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
    const own = queries === 'held-out texts' ? '' : ' (each also finds itself)';
    await print(`${table}\nrecall by ${sample} ${queries}${own}\n`);
  },
});
await runIfMain(import.meta.url, indexCommand);
