/**
 * The encoders of NGAME and DEXA side by side on a data set, at default options:
 * `npm run bench:compare -- DATA_DIR [SEEDS] [OPTIONS AS JSON]`.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateRun } from '../../pipelines/evaluate.js';
import { train, type TrainOptions } from '../../pipelines/train.js';
import type { LoggedEpoch } from '../../src/stages/epoch-log.js';
import { openDataset } from '../../src/store/dataset.js';
import { spread, table, writeSection } from './results.js';

const [data, seeds = '3', more = '{}'] = process.argv.slice(2);
if (data === undefined) throw new RangeError('expected the folder of a data set');
const options = JSON.parse(more) as Partial<TrainOptions>;
const given = more === '{}' ? '' : ` '${more}'`;

const SHOWN = ['P@1', 'P@3', 'P@5', 'nDCG@5', 'PSP@1', 'PSP@5', 'R@10', 'R@100'];
const { name, labels, train: texts, test } = await openDataset(data);
const work = `runs/bench-${name}`;
const rows: string[][] = [];
for (const [system, own] of [
  ['NGAME', { aux: 0 }],
  ['DEXA', {}],
] as const) {
  const results: { metrics: number[]; cosine: number }[] = [];
  for (let seed = 0; seed < Number(seeds); seed++) {
    const run = join(work, system);
    rmSync(run, { recursive: true, force: true });
    const store = join(work, 'store');
    await train({ data, run, sources: ['encoder'], seed, ...own, store, ...options });
    const { metrics } = await evaluateRun({ run, data });
    const shown = SHOWN.map((key) => 100 * metrics[key]!);
    results.push({ metrics: shown, cosine: lastCosine(run) });
    process.stdout.write(`${system}, seed ${seed}: P@1 ${shown[0]!.toFixed(2)}\n`);
  }
  const means = SHOWN.map((_key, i) => spread(results.map(({ metrics }) => metrics[i]!)));
  const cosine = spread(results.map(({ cosine }) => cosine), 3); // prettier-ignore
  rows.push([system, ...means, cosine]);
}
rmSync(work, { recursive: true, force: true });

/** Of texts and labels that are not theirs, in the last epoch. */
function lastCosine(run: string): number {
  const epochs = readFileSync(join(run, 'training.jsonl'), 'utf8').trimEnd().split('\n');
  return (JSON.parse(epochs.at(-1)!) as LoggedEpoch).cosine!;
}

const otherwise = Object.entries(options).map(([option, value]) => `, ${option} ${String(value)}`);
await writeSection(
  `compare ${name}${more === '{}' ? '' : ` ${more}`}`,
  `## NGAME and DEXA on ${name}${otherwise.join('')}

\`npm run bench:compare -- DATA_DIR ${seeds}${given}\`, at default options${given && ' otherwise'}.
${labels.toLocaleString('en')} labels, ${texts.toLocaleString('en')} training texts, ${test.toLocaleString('en')} held-out texts. Metrics in %, of ${seeds} seeds.
Cosine: mean of texts and labels that are not theirs, in the last epoch.

${table([['', ...SHOWN, 'cosine'], ...rows])}
`,
);
