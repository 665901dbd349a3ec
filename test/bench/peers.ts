/**
 * A run at default options beside what a user would take instead, on held-out texts:
 * `npm run bench:peers -- DATA_DIR [SEEDS]`. Where the environment variable PECOS names a built checkout of PECOS, its
 * XR-Linear is run here; else figures of another machine stand beside ours.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { evaluateRun } from '../../pipelines/evaluate.js';
import type { Evaluation } from '../../operators/evaluate.js';
import type { Metrics } from '../../src/metrics/ranking.js';
import type { BoostedComparison } from '../../src/ranker/fit-boosted.js';
import { readManifest } from '../../src/stages/manifest.js';
import { openDataset } from '../../src/store/dataset.js';
import { trainFresh } from './fresh-run.js';
import { runPecos, VARIANTS } from './pecos.js';
import { machine, spread, table, writeSection } from './results.js';

const [data, seeds = '3'] = process.argv.slice(2);
if (data === undefined) throw new RangeError('expected the folder of a data set');
const SHOWN = ['P@1', 'nDCG@5', 'PSP@1', 'PSP@5', 'R@10', 'R@100'];
const threads = availableParallelism();
const dataset = await openDataset(data);
const { name, labels, train: texts, test } = dataset;

// First, so that a checkout that cannot be used ends the bench at once.
const checkout = process.env['PECOS'];
const peers: string[][] = [];
if (checkout !== undefined)
  for (const variant of VARIANTS) {
    const { metrics, seconds, peakMB } = await runPecos(dataset, { checkout, variant, threads });
    const own = SHOWN.map((key) => (100 * metrics[key]!).toFixed(2));
    peers.push([`XR-Linear, ${variant}`, ...own, seconds.toFixed(0), peakMB.toFixed(0)]);
    process.stdout.write(`${peers.at(-1)!.join('  ')}\n`);
  }

const runs = Array.from({ length: Number(seeds) }, (_x, seed) => seed);
const trained: (Evaluation & { seconds: number; peakMB: number; comparison: BoostedComparison })[] = [];
for (const seed of runs) {
  const run = join('runs', `peers-${name}`);
  const spent = trainFresh({ data, run, seed });
  const evaluation = await evaluateRun({ run, data });
  const comparison = readManifest(run).stages['fit ranker']!.result as unknown as BoostedComparison;
  trained.push({ ...evaluation, ...spent, comparison });
  process.stdout.write(`seed ${seed}: ${line(evaluation.metrics)}, ${spent.seconds.toFixed(0)} s\n`);
}

function line(metrics: Metrics): string {
  return SHOWN.map((key) => `${key} ${(100 * metrics[key]!).toFixed(2)}`).join(', ');
}

const percents = (metricsOf: (own: (typeof trained)[number]) => Metrics): string[] =>
  SHOWN.map((key) => spread(trained.map((own) => 100 * metricsOf(own)[key]!)));

const sources = Object.keys(trained[0]!.sources!);
const ours = [
  ...sources.map((source) => [source, ...percents((own) => own.sources![source]!), '', '']),
  [
    '**all sources**',
    ...percents((own) => own.metrics),
    spread(trained.map(({ seconds }) => seconds), 0), // prettier-ignore
    Math.max(...trained.map(({ peakMB }) => peakMB)).toFixed(0),
  ],
];

const published = JSON.parse(readFileSync('test/bench/peers.json', 'utf8')) as Record<
  string,
  Record<string, (number | null)[]> | undefined
>;
const elsewhere = Object.entries(published[name] ?? {}).map(([peer, values]) => [
  `${peer} ¹`,
  ...values.map((value) => value?.toString() ?? ''),
]);

/** Each source alone, all without it, and all: on the texts that the ranker was fitted to, crosswise. */
const ABLATION = ['P@1', 'nDCG@5', 'PSP@5', 'R@10'];
const ablated = (metricsOf: (own: BoostedComparison) => Metrics | undefined): string[] =>
  ABLATION.map((key) => {
    const values = trained.flatMap(({ comparison }) => metricsOf(comparison)?.[key] ?? []);
    return values.length > 0 ? spread(values.map((value) => 100 * value)) : '';
  });
const ablation = [
  ['held-back texts', ...ABLATION.map((key) => `${key} alone`), ...ABLATION.map((key) => `${key} without`)],
  ...sources.map((source) => [
    source,
    ...ablated(({ sources }) => sources[source]),
    ...ablated(({ without }) => without[source]),
  ]),
  ['all', ...ablated(({ fused }) => fused), ...ABLATION.map(() => '')],
];

const errors = trained.flatMap(({ calibration }) => calibration?.top5.error ?? []);
await writeSection(
  `peers ${name}`,
  `## ${name}: all sources beside their peers

\`npm run bench:peers -- DATA_DIR ${seeds}\`, at default options; ${machine()}. ${labels.toLocaleString('en')} labels,
${texts.toLocaleString('en')} training texts, ${test.toLocaleString('en')} held-out texts. Metrics in %, means of ${seeds} seeds ± their standard deviation;
seconds are those of training, MB its peak.

${table([['', ...SHOWN, 'seconds', 'peak MB'], ...ours, ...peers, ...elsewhere])}

${elsewhere.length > 0 ? '¹ Measured once on another machine with two cores; not run here.\n' : ''}
Expected calibration error of the five best labels: ${spread(errors, 3)}. What each source brings:

${table(ablation)}
`,
);
