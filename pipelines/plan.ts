/** What a run of some size would take, before it is begun: bytes on disk, memory, and time by short measurements here. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { CLUSTER_MEMORY, clusterAssign, rowsInMemory } from '../operators/cluster-assign.js';
import { directionOf, SAMPLE as SPLIT_SAMPLE } from '../src/cluster/bisect.js';
import { command, runIfMain } from '../src/command/command.js';
import { jsonOption, threadsOption, whole } from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { peakMemory } from '../src/command/peak-memory.js';
import { textTable } from '../src/metrics/table.js';
import { createModel } from '../src/model/folder.js';
import { bytesOf, diskOf, freeBytes, readable, type DiskUse, type RunSize } from '../src/plan/disk.js';
import { memoryOf, type MemoryUse } from '../src/plan/memory.js';
import { Rates } from '../src/plan/rates.js';
import {
  levelsOf,
  splitting,
  timesOf,
  type Costs,
  type SplitCosts,
  type StageTime,
  type ToCluster,
} from '../src/plan/time.js';
import { openDataset } from '../src/store/dataset.js';
import { Matrix } from '../src/store/npy.js';
import { RaggedReader } from '../src/store/ragged.js';
import { runFiles } from '../src/store/run-folder.js';
import { TextReader } from '../src/store/texts.js';
import { writeJson } from '../src/store/write-json.js';
import { pipeline } from '../src/stream/pipeline.js';
import { named, type Watch } from '../src/stream/progress.js';
import { embedLabels } from './embed-labels.js';
import { evaluateRun } from './evaluate.js';
import { makeCorpus } from './make-corpus.js';
import { isOwn } from './module-one.js';
import { prepareStore, tokenFiles, type PrepareStoreOptions } from './prepare-store.js';
import { train, TrainOptions } from './train.js';

const { dim, batch, epochs, steps, encoder, maxLength, embeddings, device, auxMemory } = TrainOptions.shape;

export const PlanOptions = z.object({
  labels: whole(1000).meta({ description: 'labels' }),
  texts: whole(1000).optional().meta({ description: 'training texts; default as many as labels' }),
  aux: whole(0).default(8192).meta({ description: 'auxiliary vectors' }),
  encoder,
  dim,
  embeddings,
  maxLength,
  epochs,
  steps,
  batch,
  test: whole(1).default(1000).meta({ description: 'held-out texts to score against all labels' }),
  device,
  threads: threadsOption(),
  json: jsonOption(),
});
export type PlanOptions = z.input<typeof PlanOptions>;

export interface Plan {
  disk: DiskUse[];
  memory: MemoryUse[];
  stages: StageTime[];
}

/** Labels and texts of the set that is measured on, and steps made. */
const SAMPLE = 262_144;
const STEPS = 48;
/** By how much there are more clusters where splits of many rows are measured; rows a cluster where those of few are. */
const MORE = 8;
const SMALL = 40;
/** Rows that a split of many is fitted to. */
const DRAWN = SPLIT_SAMPLE;
/** Texts of it that are scored, for each thread: some batches. */
const SCORED = 2048;

/** Measures on a synthetic set of short texts, in a temporary folder; takes a minute or so. */
export async function plan(given: PlanOptions, watch: Watch = {}): Promise<Plan> {
  const options = checkOptions(PlanOptions, given);
  const { labels, texts = labels, aux, epochs, batch, test, embeddings } = options;
  const sample = await measure(options, watch);
  const steps = Math.min(options.steps ?? Infinity, Math.floor(texts / batch) * epochs);
  const { dim, costs, means } = sample;
  const half = embeddings === 'f16';
  const visited = Math.min(texts, steps * batch);
  return {
    disk: diskOf({ labels, texts, dim, auxiliary: aux, half, visited, ...means }),
    memory: memoryOf({
      labels,
      texts,
      dim,
      auxiliary: aux,
      measured: sample.memory,
      clustering: CLUSTER_MEMORY,
      vectors: auxMemory.parse(undefined) * 2 ** 20,
    }),
    stages: timesOf(
      {
        labels,
        texts,
        auxiliary: aux,
        epochs,
        batch,
        steps,
        heldOut: test,
        rowsInMemory: rowsInMemory({ rows: Math.max(labels, texts), dim, threads: options.threads }),
      },
      costs,
    ),
  };
}

interface Sample {
  dim: number;
  costs: Costs;
  means: Pick<RunSize, 'tokensOfLabel' | 'bytesOfLabel' | 'tokensOfText' | 'labelsOfText'>;
  /** Most memory while it was trained, bytes. */
  memory: number;
}

/** Trains for a few steps on a small set, and takes the time of what a larger one spends it on. */
async function measure(options: z.output<typeof PlanOptions>, watch: Watch): Promise<Sample> {
  const { labels, aux, encoder, dim, embeddings, maxLength, device, threads } = options;
  const dir = await mkdtemp(join(tmpdir(), 'dexa-plan-'));
  try {
    const [data, run, store] = [join(dir, 'data'), join(dir, 'run'), join(dir, 'store')];
    const watching = named(watch, 'measure');
    await makeCorpus({ out: data, labels: SAMPLE, test: SCORED * threads, threads }, watching);
    const rates = new Rates();
    const shared = Math.ceil(Math.min(1, aux / labels) * SAMPLE);
    const batch = Math.min(options.batch, SAMPLE);
    const rest = { encoder, dim, embeddings, maxLength, batch, device, threads };
    const { peak: memory } = await peakMemory(() =>
      train(
        { data, run, store, aux: shared, headMinCount: SAMPLE, epochs: STEPS, steps: STEPS, ...rest },
        {
          signal: watch.signal,
          report: (progress) => {
            rates.report(progress);
            watching.report?.(progress);
          },
        },
      ),
    );
    const { model } = runFiles(run);
    await evaluateRun({ data, run, threads }, { signal: watch.signal, report: rates.report });
    const words = await timeTokens({ data, dir, tokenizer: model, maxLength, threads });
    const secondsFor = (stage: string, rows: number): number => {
      const pace = (stage.startsWith('tokenize ') ? words : rates).paceOf(stage);
      return rates.beginningOf(stage, pace) + pace * rows;
    };
    const vectors = join(dir, 'labels.npy');
    const begun = { encoder, dim, maxLength, folder: join(dir, 'initial'), trained: model };
    await embedLabels(
      { model: beginning(begun), tokens: tokenFiles(store).labels, path: vectors, labels: SAMPLE, threads },
      { signal: watch.signal },
    );
    const split = await timeSplits(vectors, dir, threads);
    using embedded = Matrix.open(vectors, 'float32');
    return {
      dim: embedded.cols,
      costs: { secondsFor, split, labels: SAMPLE },
      means: meansOf(store, run),
      memory,
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The model by which labels are clustered: as it begins, where it can be made again; a few steps spread them. */
function beginning({
  encoder,
  dim,
  maxLength,
  folder,
  trained,
}: Pick<z.output<typeof PlanOptions>, 'encoder' | 'dim' | 'maxLength'> &
  Record<'folder' | 'trained', string>): string {
  if (!isOwn(encoder)) return trained;
  createModel(folder, { encoder, dim, maxLength });
  return folder;
}

/** How texts are tokenized: all twice, the second time when no word is new, as few are where there are many. */
async function timeTokens({
  data,
  dir,
  ...options
}: { data: string; dir: string } & Pick<
  PrepareStoreOptions,
  'tokenizer' | 'maxLength' | 'threads'
>): Promise<Rates> {
  const { paths, ...dataset } = await openDataset(data);
  const [labels, train] = [paths.labels, paths.train].map((shards) => [...shards, ...shards]);
  const twice = {
    ...dataset,
    labels: 2 * dataset.labels,
    train: 2 * dataset.train,
    paths: { ...paths, labels: labels!, train: train! },
  };
  const rates = new Rates();
  await prepareStore({ ...options, dataset: twice, dir: join(dir, 'words') }, rates);
  return rates;
}

/** What splits cost: each kind by how much longer a clustering takes that has more levels of it, once both are warm. */
async function timeSplits(vectors: string, dir: string, threads: number): Promise<SplitCosts> {
  using file = Matrix.open(vectors, 'float32');
  const { rows, cols: dim } = file;
  const sample = file.read(0, DRAWN);
  const split = { left: DRAWN / 2, node: { first: 0, clusters: 2 }, seed: 0, dim };
  directionOf(sample, DRAWN, split);
  const begun = performance.now();
  directionOf(sample, DRAWN, split);
  const fit = (performance.now() - begun) / 1000 / threads;

  const members = join(dir, 'members.npy');
  const time = async (clusters: number, parts: number): Promise<ToCluster & { seconds: number }> => {
    const memory = ((1.1 * rows) / parts) * dim * 4 * threads; // halves differ by a bit
    const request = { vectors, clusters, seed: 0, members };
    const [warm, end] = await endsOf(pipeline([request, request], clusterAssign({ threads, memory })).run());
    const inMemory = rowsInMemory({ rows, dim, threads, memory });
    return { rows, clusters, inMemory, seconds: (end! - warm!) / 1000 };
  };
  const parts = 2 ** Math.ceil(Math.log2(Math.max(2, threads)));
  const one = await time(1, 1);
  const two = await time(2, 2);
  const onDisk = await time(MORE * 2, MORE * 2);
  const apart = await time(parts, parts);
  const inMemory = await time(MORE * parts, parts);
  const small = await time(Math.floor(rows / SMALL), parts);

  const costs = { apart: 0, onDisk: 0, inMemory: 0, small: 0, fit };
  const solve = (kind: Exclude<keyof SplitCosts, 'fit'>, less: typeof one, more: typeof one): void => {
    const known = splitting(more, costs) - splitting(less, costs);
    const levels = levelsOf(more)[kind] - levelsOf(less)[kind];
    costs[kind] = Math.max(0, (more.seconds - less.seconds - known) / (rows * levels));
  };
  solve('apart', one, two);
  solve('onDisk', two, onDisk);
  solve('inMemory', apart, inMemory);
  solve('small', inMemory, small);
  return costs;
}

/** When each result came. */
async function endsOf(results: AsyncGenerator): Promise<number[]> {
  const ends: number[] = [];
  while ((await results.next()).done !== true) ends.push(performance.now());
  return ends;
}

function meansOf(store: string, run: string): Sample['means'] {
  const { labels, texts, positives } = tokenFiles(store);
  const mean = (base: string): number => {
    using lists = new RaggedReader(base);
    return lists.size / lists.rows;
  };
  using names = new TextReader(runFiles(run).texts);
  return {
    tokensOfLabel: mean(labels),
    bytesOfLabel: names.size / names.rows,
    tokensOfText: mean(texts),
    labelsOfText: mean(positives),
  };
}

const minutes = (seconds: number): string =>
  seconds < 120 ? `${seconds.toFixed(seconds < 10 ? 1 : 0)} s` : `${(seconds / 60).toFixed(0)} min`;

export const planCommand = command({
  name: 'plan',
  summary: 'Tell what a run of some size would take: disk, memory and time, by measuring here for a minute',
  options: PlanOptions,
  async run(options, watch) {
    const result = await plan(options, watch);
    if (options.json !== undefined) {
      await writeJson(options.json, result);
      if (options.json === '-') return;
    }
    const { disk, memory, stages } = result;
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
    const seconds = stages.reduce((sum, stage) => sum + stage.seconds, 0);
    const tables = [
      [
        ['disk', 'MB', 'lasts as long as'],
        ...disk
          .filter(({ bytes }) => bytes > 0)
          .map(({ what, bytes, lasts }) => [what, megabytes(bytes), lasts]),
        ['all', megabytes(bytesOf(disk)), `${readable(freeBytes('.'))} are free here`],
      ],
      [['memory', 'MB'], ...memory.map(({ what, bytes }) => [what, megabytes(bytes)])],
      [
        ['stage', 'rows', 'rows/s', 'time'],
        ...stages.map(({ stage, rows, seconds: own }) => [
          stage,
          rows.toLocaleString('en'),
          Math.round(rows / own).toLocaleString('en'),
          minutes(own),
        ]),
        ['all', '', '', minutes(seconds)],
      ],
    ];
    process.stdout.write(`${tables.map((rows) => textTable(rows)).join('\n\n')}\n`);
  },
});
await runIfMain(import.meta.url, planCommand);
