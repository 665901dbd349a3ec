/** Quality against the number of auxiliary vectors, with and without vectors of their own for head labels. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { AtomicFile } from '../src/files/atomic-file.js';
import { makeFolder } from '../src/files/make-folder.js';
import { command, runIfMain } from '../src/command/command.js';
import { dataOption, integer, threadsOption } from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { countTail } from '../src/stages/auxiliary-map.js';
import { sweepPlot } from '../src/report/sweep-plot.js';
import { readSweep, type Sweep } from '../src/report/sweep-file.js';
import { seriesOf, sweepTable } from '../src/report/sweep.js';
import { openDataset, type Dataset } from '../src/store/dataset.js';
import { writeJson } from '../src/files/write-json.js';
import { named, type Watch } from '../src/stream/progress.js';
import { countLabels } from '../src/stages/count-labels.js';
import { evaluateRun } from './evaluate.js';
import { train, type TrainOptions } from './train.js';
import { print } from '../src/files/standard-output.js';

export const AuxSweepOptions = z.object({
  data: dataOption(),
  out: z.string().meta({
    description:
      'folder for sweep.json and sweep.svg; models that sweep.json has already are not trained again',
    value: 'DIR',
  }),
  vectors: z
    .array(integer(0))
    .min(1)
    .default([0, 512, 2048, 8192, 32768])
    .meta({ description: 'counts of auxiliary vectors that labels share; 0 is NGAME', value: 'N,N,…' }),
  headMinCount: integer(1).default(8).meta({
    description: 'labels with at least this many training texts have head vectors',
  }),
  epochs: integer(1, 10_000).default(10).meta({ description: 'passes over the training texts' }),
  batch: integer(2, 16_384).default(1024).meta({ description: 'texts per step' }),
  seed: integer(0).default(0).meta({ description: 'random seed' }),
  threads: threadsOption(),
});
export type AuxSweepOptions = z.input<typeof AuxSweepOptions>;

/**
 * Trains and scores a model for each count, with and without head vectors, and writes `sweep.json` after each: a stopped
 * sweep can be resumed. Models are deleted; only the numbers remain.
 */
export async function auxSweep(given: AuxSweepOptions, watch: Watch = {}): Promise<Sweep> {
  const { data, out, vectors, headMinCount, ...common } = checkOptions(AuxSweepOptions, given);
  const dataset = await openDataset(data);
  const { name, labels, train: texts, test } = dataset;
  const path = join(out, 'sweep.json');
  const sweep = readSweep(path, { name, labels, train: texts, test, headMinCount, ...common });
  makeFolder(out);
  const [run, store] = [join(out, 'sweep-run'), join(out, 'sweep-store')];
  for (const { head, shared, minCount } of await planned(dataset, { vectors, headMinCount }, watch)) {
    if (sweep.rows.some((row) => row.head === head && row.shared === shared)) continue;
    await rm(run, { recursive: true, force: true });
    const system = `${seriesOf({ head, total: shared })}, ${shared} shared`;
    const options: TrainOptions = {
      data,
      run,
      sources: ['encoder'],
      store,
      aux: shared,
      headMinCount: minCount,
      ...common,
    };
    const { results, seconds } = await train(options, named(watch, system));
    const counts = (results['cluster labels'] ?? {}) as Record<string, number>;
    const { heads: own = 0, vectors: total = 0 } = counts;
    const { threads } = common;
    const { metrics } = await evaluateRun({ run, data, threads }, named(watch, system));
    sweep.rows.push({ head, shared, private: own, total, seconds, metrics });
    sweep.rows.sort((a, b) => Number(a.head) - Number(b.head) || a.shared - b.shared);
    await writeJson(path, sweep);
  }
  for (const folder of [run, store]) await rm(folder, { recursive: true, force: true });
  const title = `${name}: quality by the number of auxiliary vectors`;
  await using plot = await AtomicFile.create(join(out, 'sweep.svg'));
  await plot.write(await sweepPlot(sweep.rows, { title }));
  await plot.finish();
  return sweep;
}

/** What to train. Labels with `minCount` texts have their own vector; without head vectors `minCount` is above every count. */
async function planned(
  dataset: Dataset,
  { vectors, headMinCount }: { vectors: readonly number[]; headMinCount: number },
  watch: Watch,
): Promise<{ head: boolean; shared: number; minCount: number }[]> {
  const { frequency } = await countLabels(dataset, watch);
  const never = 1 + frequency.reduce((most, count) => Math.max(most, count), 0);
  const ways = [
    { head: false, minCount: never, most: dataset.labels },
    { head: true, minCount: headMinCount, most: countTail(frequency, headMinCount) },
  ];
  return ways.flatMap(({ head, minCount, most }) =>
    vectors.flatMap((shared) => {
      if (shared === 0) return head ? [] : [{ head, shared, minCount }]; // NGAME is trained once
      if (shared <= most) return [{ head, shared, minCount }];
      watch.note?.(
        `${seriesOf({ head, total: shared })}: ${shared} left out: only ${most} labels share vectors`,
      );
      return [];
    }),
  );
}

export const auxSweepCommand = command({
  name: 'aux-sweep',
  summary: 'Plot quality against the number of auxiliary vectors, with and without head vectors',
  options: AuxSweepOptions,
  async run(options, watch) {
    const { options: settings, rows } = await auxSweep(options, watch);
    const { name, labels, train, test } = settings;
    await print(
      `${name}: ${labels} labels, ${train} training texts, ${test} held-out texts; metrics in %\n\n` +
        `${sweepTable(rows)}\n\n${join(options.out, 'sweep.svg')} shows them.\n`,
    );
  },
});
await runIfMain(import.meta.url, auxSweepCommand);
