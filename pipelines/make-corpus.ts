/** Creates a synthetic data set of any size, streamed to Parquet shards: to measure how costs grow. */
import * as z from 'zod';
import { synthesise, type Rows, type SyntheticColumns } from '../operators/synthesise.js';
import { writeParquet } from '../operators/write-parquet.js';
import { command, runIfMain } from '../src/command/command.js';
import { integer, outOption, threadsOption } from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { wordnetDict } from '../src/corpus/wordnet.js';
import {
  createDataset,
  datasetFiles,
  LABEL_COLUMNS,
  TEXT_COLUMNS,
  type Dataset,
} from '../src/store/dataset.js';
import { shardOf } from '../src/store/shards.js';
import { pipeline } from '../src/stream/pipeline.js';
import { watched, type Watch } from '../src/stream/progress.js';
import { print } from '../src/files/standard-output.js';

export const MakeCorpusOptions = z.object({
  out: outOption(),
  labels: integer(2, 2_000_000_000).meta({ description: 'labels' }),
  train: integer(0, 2_000_000_000)
    .optional()
    .meta({ description: 'training texts; default: as many as labels' }),
  test: integer(0, 2_000_000_000).default(10_000).meta({ description: 'held-out texts' }),
  shard: integer(1).default(4_194_304).meta({ description: 'maximum rows in a file' }),
  seed: integer(0).default(0).meta({ description: 'random seed' }),
  threads: threadsOption(),
});
export type MakeCorpusOptions = z.input<typeof MakeCorpusOptions>;

/** Rows that a thread generates at a time. */
const BATCH = 4096;

/** The result depends on the numbers and the seed alone. Memory does not grow with the numbers. */
export async function makeCorpus(given: MakeCorpusOptions, watch: Watch = {}): Promise<Dataset> {
  const { out, labels, train = labels, test, shard, seed, threads } = checkOptions(MakeCorpusOptions, given);
  return createDataset(out, async (partial) => {
    const files = datasetFiles(partial);
    const options = { dict: wordnetDict(), labels, seed, threads };
    const write = async (part: 'labels' | 'train' | 'test', columns: SyntheticColumns, rows: number) => {
      const watching = watched(watch, { stage: `make ${part}`, counting: 'write-parquet', total: rows });
      const made = pipeline(batches({ rows, shard }), synthesise({ columns, part, ...options })).run({
        signal: watch.signal,
      });
      for (let index = 0; index === 0 || index * shard < rows; index++)
        await pipeline(
          next(made, Math.min(shard, rows - index * shard)),
          writeParquet({ path: shardOf(files[part], index), columns }),
        ).drain(watching);
      await made.return();
    };
    await write('labels', LABEL_COLUMNS, labels);
    await write('train', TEXT_COLUMNS, train);
    await write('test', TEXT_COLUMNS, test);
    return { name: `synthetic-${labels}`, labels, train, test, propensity: [0.55, 1.5] };
  });
}

/** The rows of a part in batches, none of which spans two shards. */
function* batches({ rows, shard }: { rows: number; shard: number }): Generator<Rows> {
  for (let start = 0; start < rows;) {
    const end = Math.min(start + BATCH, (Math.floor(start / shard) + 1) * shard, rows);
    yield { start, rows: end - start };
    start = end;
  }
}

/** The next `rows` rows of the batches, which stay open for more. */
async function* next<T extends { rows: number }>(made: AsyncGenerator<T>, rows: number): AsyncGenerator<T> {
  for (let taken = 0; taken < rows;) {
    const result = await made.next();
    if (result.done) return;
    taken += result.value.rows;
    yield result.value;
  }
}

export const makeCorpusCommand = command({
  name: 'prepare corpus',
  summary: 'Create a synthetic data set of any size, from phrases of WordNet’s words',
  options: MakeCorpusOptions,
  async run(options, watch) {
    const { dir, labels, train, test } = await makeCorpus(options, watch);
    await print(`${dir}: ${labels} labels, ${train} training and ${test} test texts\n`);
  },
});
await runIfMain(import.meta.url, makeCorpusCommand);
