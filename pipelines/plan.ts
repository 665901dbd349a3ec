/** What a run of some size would take, before it is begun: bytes on disk, memory, and time by short measurements here. */
import { totalmem } from 'node:os';
import * as z from 'zod';
import { CLUSTER_MEMORY, rowsInMemory } from '../operators/cluster-assign.js';
import { command, runIfMain } from '../src/command/command.js';
import { jsonOption, threadsOption, whole } from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { textTable } from '../src/report/table.js';
import { pagesOfBatches } from '../src/plan/cold-reads.js';
import { bytesOf, diskOf, freeBytes, readable, type DiskUse } from '../src/plan/disk.js';
import { memoryOf, type MemoryUse } from '../src/plan/memory.js';
import { timesOf, type StageTime } from '../src/plan/time.js';
import { writeJson } from '../src/files/write-json.js';
import type { Watch } from '../src/stream/progress.js';
import { measureCosts } from '../src/plan/measure-costs.js';
import { TrainOptions } from './train.js';

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

/** Measures on a synthetic set of short texts, in a temporary folder; takes a minute or so. */
export async function plan(given: PlanOptions, watch: Watch = {}): Promise<Plan> {
  const options = checkOptions(PlanOptions, given);
  const { labels, texts = labels, aux, epochs, batch, test, embeddings } = options;
  const sample = await measureCosts(options, watch);
  const steps = Math.min(options.steps ?? Infinity, Math.floor(texts / batch) * epochs);
  const { dim, costs, means } = sample;
  const half = embeddings === 'f16';
  const visited = Math.min(texts, steps * batch);
  const size = { labels, texts, dim, auxiliary: aux, half, visited, ...means };
  const disk = diskOf(size);
  return {
    disk,
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
        // What was written first is out of memory by the first step, where not all files fit.
        coldPages: bytesOf(disk) > machineMemory() ? pagesOfBatches(size, steps * batch) : 0,
        heldOut: test,
        rowsInMemory: rowsInMemory({ rows: Math.max(labels, texts), dim, threads: options.threads }),
      },
      costs,
    ),
  };
}

/** Bytes of memory that this process may have: a container's limit, where it is less than the machine's. */
const machineMemory = (): number => Math.min(totalmem(), process.constrainedMemory() || Infinity);

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
