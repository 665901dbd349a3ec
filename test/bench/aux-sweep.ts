/** Quality against the number of auxiliary vectors, at default options: `npm run bench:aux-sweep -- DATA_DIR`. */
import { copyFileSync, rmSync } from 'node:fs';
import { auxSweep } from '../../pipelines/aux-sweep.js';
import { sweepCells, sweepTable } from '../../src/report/sweep.js';
import { openDataset } from '../../src/store/dataset.js';
import { machine, table, writeSection } from './results.js';

const [data] = process.argv.slice(2);
if (data === undefined) throw new RangeError('expected the folder of a data set');

const { name, labels, train, test } = await openDataset(data);
const out = `runs/bench-aux-sweep-${name}`; // kept when the benchmark is stopped, so that it can be resumed
const notes: string[] = [];
const { options, rows } = await auxSweep({ data, out }, { note: (message) => notes.push(message) });
process.stdout.write(`${sweepTable(rows)}\n`);
const plot = `aux-sweep-${name}.svg`;
copyFileSync(`${out}/sweep.svg`, `test/bench/${plot}`);
rmSync(out, { recursive: true, force: true });
await writeSection(
  `aux-sweep ${name}`,
  `## Auxiliary vectors on ${name}

\`npm run bench:aux-sweep -- DATA_DIR\`, ${options.epochs} epochs; ${machine()}.
${labels.toLocaleString('en')} labels, ${train.toLocaleString('en')} training texts, ${test.toLocaleString('en')} held-out texts. Metrics in %.
With head vectors, each label with at least ${options.headMinCount} training texts has a vector of its own, and the others share;
without them, all labels share. NGAME has no vectors.

${table(sweepCells(rows))}

${notes.map((note) => `- ${note}`).join('\n')}

![${name}: P@1 and PSP@5 by the number of auxiliary vectors](${plot})
`,
);
