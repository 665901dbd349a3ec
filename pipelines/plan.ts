/** Predicts the disk, memory and time of a run from its size and short measurements on this machine. */
import { totalmem } from 'node:os';
import * as z from 'zod';
import { rowsInMemory } from '../operators/cluster-assign.js';
import { command, runIfMain } from '../src/command/command.js';
import { integer, jsonOption } from '../src/command/common.js';
import { grouped } from '../src/command/groups.js';
import { checkOptions } from '../src/command/options.js';
import { freeBytes, readableBytes } from '../src/files/free-space.js';
import { writeJson } from '../src/files/write-json.js';
import { defaultAuxiliary, defaultBatch } from '../src/stages/defaults.js';
import { EncoderOptions } from '../src/stages/initial-model.js';
import { AuxiliaryOptions, ResourceOptions, SourceOptions, TrainingOptions } from '../src/stages/options.js';
import { measureCosts } from '../src/plan/measure-costs.js';
import { timesOf, type PartTime } from '../src/plan/time.js';
import { textTable } from '../src/report/table.js';
import type { MemoryUse, Size } from '../src/stages/cost.js';
import { planData } from '../src/stages/data-files.js';
import { placesOf } from '../src/stages/places.js';
import { planSystem, type SystemCost } from '../src/stages/plan-steps.js';
import type { Watch } from '../src/stream/progress.js';
import { dexa } from './dexa.js';
import { evaluateRun } from './evaluate.js';
import { makeCorpus } from './make-corpus.js';
import { train, TrainOptions } from './train.js';
import { print } from '../src/files/standard-output.js';

const SizeOptions = z.object({
  labels: integer(1000).meta({ description: 'labels' }),
  texts: integer(1000).optional().meta({ description: 'training texts; default: as many as labels' }),
  test: integer(1).default(1000).meta({ description: 'held-out texts to score against all labels' }),
  json: jsonOption(),
});

export const PlanOptions = z.object({
  ...SizeOptions.shape,
  ...SourceOptions.pick({ sources: true, fuse: true }).shape,
  ...EncoderOptions.shape,
  ...AuxiliaryOptions.pick({ aux: true }).shape,
  ...TrainingOptions.pick({ epochs: true, steps: true, batch: true }).shape,
  ...ResourceOptions.pick({ embeddings: true, threads: true, device: true }).shape,
});
export type PlanOptions = z.input<typeof PlanOptions>;

export interface Plan extends Pick<SystemCost, 'disk' | 'peak'> {
  memory: MemoryUse[];
  parts: PartTime[];
}

/** Measures on a synthetic set of short texts, in a temporary folder; takes a few minutes, one if only the encoder is planned. */
export async function plan(given: PlanOptions, watch: Watch = {}): Promise<Plan> {
  const { labels, texts = labels, test, ...options } = checkOptions(PlanOptions, given);
  const { threads, encoder, dim, words, maxLength, sources, fuse, ...rest } = options;
  const { aux = defaultAuxiliary(labels), batch = defaultBatch(texts) } = options;
  const measured = await measureCosts(
    {
      labels,
      threads,
      ...rest,
      aux,
      batch,
      ranked: { sources, fuse },
      encoder: { encoder, dim, words, maxLength },
    },
    { makeCorpus, train, evaluateRun },
    watch,
  );
  const size: Size = {
    name: 'the plan',
    ...{ labels, texts, labelled: texts },
    tail: () => labels,
    means: measured.means,
  };
  const places = placesOf('');
  const data = planData(size, places);
  const values = grouped(dexa.options, TrainOptions.parse({ data: '', run: '', ...options }));
  const { disk, peak, memory, work } = await planSystem(dexa, { data, values, size, places });
  const fits = peak <= machineMemory(); // otherwise early files have left the page cache by the first step
  const costs = {
    ...measured.costs,
    coldRead: fits ? 0 : measured.costs.coldRead,
    rowsInMemory: (own: { rows: number; dim: number }) => rowsInMemory(own, { threads }),
  };
  const evaluation = costs.secondsFor('evaluate', (test * labels) / measured.labels);
  return {
    disk: disk.filter(({ bytes }) => bytes > 0),
    peak,
    memory: [{ what: 'process with threads, model and batches', bytes: measured.memory }, ...memory],
    parts: [...timesOf(work, costs), { part: 'evaluate', rows: test, seconds: evaluation }],
  };
}

/** Bytes of memory that this process may have: a container's limit, where it is less than the machine's. */
const machineMemory = (): number => Math.min(totalmem(), process.constrainedMemory() || Infinity);

const minutes = (seconds: number): string =>
  seconds < 120 ? `${seconds.toFixed(seconds < 10 ? 1 : 0)} s` : `${(seconds / 60).toFixed(0)} min`;

export const planCommand = command({
  name: 'plan',
  summary: 'Predict disk, memory and time of a run, from measurements of a few minutes on this machine',
  options: PlanOptions,
  async run(options, watch) {
    const result = await plan(options, watch);
    if (options.json !== undefined) {
      await writeJson(options.json, result);
      if (options.json === '-') return;
    }
    await print(`${describePlan(result)}\n`);
  },
});

function describePlan({ disk, peak, memory, parts }: Plan): string {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
  const seconds = parts.reduce((sum, part) => sum + part.seconds, 0);
  const tables = [
    [
      ['disk', 'MB', 'kept during'],
      ...disk.map(({ what, bytes, lasts, stage }) => [
        what,
        megabytes(bytes),
        lasts === 'stage' ? stage : lasts,
      ]),
      ['peak', megabytes(peak), `${readableBytes(freeBytes('.'))} free here`],
    ],
    [['memory', 'MB'], ...memory.map(({ what, bytes }) => [what, megabytes(bytes)])],
    [
      ['stage', 'rows', 'rows/s', 'time'],
      ...parts.map(({ part, rows, seconds: own }) => [
        part,
        rows.toLocaleString('en'),
        Math.round(rows / own).toLocaleString('en'),
        minutes(own),
      ]),
      ['all', '', '', minutes(seconds)],
    ],
  ];
  return tables.map((rows) => textTable(rows)).join('\n\n');
}
await runIfMain(import.meta.url, planCommand);
