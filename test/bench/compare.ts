/**
 * The encoders of NGAME and DEXA side by side on a data set, at default options: `npm run bench:compare -- DATA_DIR [OPTIONS AS JSON]`.
 */
import { rmSync } from 'node:fs';
import { evaluateRun } from '../../pipelines/evaluate.js';
import { train, type TrainOptions } from '../../pipelines/train.js';
import { openDataset } from '../../src/store/dataset.js';
import { machine, table, writeSection } from './results.js';

const [data, more = '{}'] = process.argv.slice(2);
if (data === undefined) throw new RangeError('expected the folder of a data set');
const options = JSON.parse(more) as Partial<TrainOptions>;

const SHOWN = ['P@1', 'P@3', 'P@5', 'nDCG@5', 'PSP@1', 'PSP@5', 'R@10', 'R@100'];
const { name, labels, train: texts, test } = await openDataset(data);
const work = `runs/bench-${name}`;
const rows: string[][] = [];
for (const [system, own] of [
  ['NGAME', { aux: 0 }],
  ['DEXA', {}],
] as const) {
  const run = `${work}/${system}`;
  rmSync(run, { recursive: true, force: true });
  const { seconds } = await train({
    data,
    run,
    sources: ['encoder'],
    ...own,
    store: `${work}/store`,
    ...options,
  });
  const { metrics } = await evaluateRun({ run, data });
  rows.push([system, ...SHOWN.map((key) => (100 * metrics[key]!).toFixed(2)), seconds.toFixed(0)]);
  process.stdout.write(`${rows.at(-1)!.join('  ')}\n`);
}
rmSync(work, { recursive: true, force: true });
const otherwise = Object.entries(options).map(([option, value]) => `, ${option} ${String(value)}`);
await writeSection(
  `compare ${name}${more === '{}' ? '' : ` ${more}`}`,
  `## NGAME and DEXA on ${name}${otherwise.join('')}

\`npm run bench:compare -- DATA_DIR${more === '{}' ? '' : ` '${more}'`}\`, at default options${more === '{}' ? '' : ' otherwise'}; ${machine()}.
${labels.toLocaleString('en')} labels, ${texts.toLocaleString('en')} training texts, ${test.toLocaleString('en')} held-out texts. Metrics in %.

${table([['', ...SHOWN, 'seconds'], ...rows])}
`,
);
