/**
 * From nothing to a table: creates the WordNet data set, trains the encoders of NGAME and of DEXA and then all sources with
 * their ranker, and scores each on held-out texts.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { isThere } from '../src/files/is-there.js';
import { makeFolder } from '../src/files/make-folder.js';
import { command, runIfMain } from '../src/command/command.js';
import { integer, threadsOption } from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { peakMemory } from '../src/command/peak-memory.js';
import { SHOWN } from '../src/report/sweep.js';
import { percents, textTable } from '../src/report/table.js';
import type { Metrics } from '../src/metrics/ranking.js';
import { openDataset } from '../src/store/dataset.js';
import { writeJson } from '../src/files/write-json.js';
import { named, type Watch } from '../src/stream/progress.js';
import { evaluateRun } from './evaluate.js';
import { prepareWordnet } from './prepare-wordnet.js';
import { showExamples } from '../src/report/show-examples.js';
import { train, type TrainOptions } from './train.js';
import { print } from '../src/files/standard-output.js';

export const QuickstartOptions = z.object({
  data: z
    .string()
    .default('data/wordnet')
    .meta({ description: 'folder of the data set, created if missing', value: 'DIR' }),
  run: z
    .string()
    .default('runs/quickstart')
    .meta({ description: 'folder of the three runs and of results.json', value: 'DIR' }),
  epochs: integer(1, 10_000).optional().meta({
    description: 'passes of the encoders over the training texts; default: by their number',
  }),
  limit: integer(1).optional().meta({ description: 'score at most this many held-out texts; default: all' }),
  seed: integer(0).default(0).meta({ description: 'random seed' }),
  threads: threadsOption(),
});
export type QuickstartOptions = z.input<typeof QuickstartOptions>;

/** NGAME and DEXA differ only in the auxiliary vectors. DEXA's encoder is one of all sources. */
const SYSTEMS = {
  NGAME: { sources: ['encoder'], aux: 0 },
  DEXA: { sources: ['encoder'] },
  'all sources': {},
} satisfies Record<string, Omit<TrainOptions, 'data' | 'run'>>;
type System = keyof typeof SYSTEMS;
const names = Object.keys(SYSTEMS) as System[];

/** The fields of `results.json` for each system. */
export type Results = Record<System, Metrics & { seconds: number; peakMemoryMB: number }>;

export async function quickstart(given: QuickstartOptions, watch: Watch = {}): Promise<Results> {
  const { data, run, epochs, limit, seed, threads } = checkOptions(QuickstartOptions, given);
  if (!isThere(data)) await prepareWordnet({ out: data }, watch);
  makeFolder(run);
  const results = {} as Results;
  for (const name of names) {
    const folder = folderOf(run, name);
    await rm(folder, { recursive: true, force: true });
    const options: TrainOptions = {
      data,
      run: folder,
      store: join(run, 'store'),
      epochs,
      seed,
      threads,
      ...SYSTEMS[name],
    };
    const { result, peak } = await peakMemory(async () => {
      const { seconds } = await train(options, named(watch, name));
      const { metrics } = await evaluateRun({ run: folder, data, limit, threads }, named(watch, name));
      return { ...metrics, seconds };
    });
    results[name] = { ...result, peakMemoryMB: Math.round(peak / 1e6) };
  }
  await rm(join(run, 'store'), { recursive: true, force: true });
  await writeJson(join(run, 'results.json'), results);
  return results;
}

/** Of the run of a system. */
const folderOf = (run: string, name: System): string => join(run, name.replace(' ', '-'));

function resultsTable(results: Results): string {
  const rows = names.map((name) => {
    const { seconds, peakMemoryMB } = results[name];
    return [name, ...percents(results[name], SHOWN), seconds.toFixed(0), String(peakMemoryMB)];
  });
  return textTable([['', ...SHOWN, 'seconds', 'peak MB'], ...rows]);
}

export const quickstartCommand = command({
  name: 'quickstart',
  summary: 'Train NGAME, DEXA and all sources on WordNet and compare them on held-out texts',
  options: QuickstartOptions,
  async run(options, watch) {
    const results = await quickstart(options, watch);
    const dataset = await openDataset(options.data);
    const runs = Object.fromEntries(names.map((name) => [name, folderOf(options.run, name)]));
    const shown = await showExamples({ dataset, runs, threads: options.threads }, watch);
    await print(
      `${dataset.labels} labels, ${dataset.train} training texts, ${dataset.test} held-out texts; metrics in %\n\n` +
        `${resultsTable(results)}\n\nHeld-out texts and the labels found for them, hits *marked*\n(of several sources: those that rank it highest, and its rank there):\n\n${shown}\n\n` +
        `${join(options.run, 'results.json')} has all metrics.\n`,
    );
  },
});
await runIfMain(import.meta.url, quickstartCommand);
