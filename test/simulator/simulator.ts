/** `npm run test:simulator -- [SEEDS] [--first SEED] [--only LIFE]`: a table of what the files of this project survive on a disk that fails. */
import { parseArgs } from 'node:util';
import { textTable } from '../../src/report/table.js';
import { table, writeSection } from '../bench/results.js';
import { live } from './live.js';
import { LIVES } from './lives.js';
import { FAULTS, noCounts } from './weather.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { first: { type: 'string', default: '1' }, only: { type: 'string' } },
});
const [seeds, first] = [Number(positionals[0] ?? 1000), Number(values.first)];
const names = Object.keys(LIVES).filter((name) => values.only === undefined || name === values.only);
if (!(seeds >= 1) || names.length === 0)
  throw new RangeError(`expected a number of seeds, and --only one of ${Object.keys(LIVES).join(', ')}`);

const rows: string[][] = [];
for (const name of names) {
  const counts = noCounts();
  let survived = 0;
  for (let seed = first; seed < first + seeds; seed++) {
    const outcome = await live(LIVES[name]!, seed);
    for (const fault of FAULTS) counts[fault] += outcome.counts[fault];
    if (outcome.broken === undefined) survived++;
    else {
      process.stderr.write(`--only ${name} --first ${seed} 1: ${outcome.broken}\n`);
      process.exitCode = 1;
    }
  }
  rows.push([name, String(seeds), String(survived), ...FAULTS.map((fault) => String(counts[fault]))]);
}
const head = ['life', 'seeds', 'survived', ...FAULTS];
process.stdout.write(`${textTable([head, ...rows])}\n`);
if (values.only === undefined)
  await writeSection(
    'simulator',
    `## What the files survive on a disk that fails

\`npm run test:simulator -- ${seeds}\`: each life makes, changes and reads files of one kind while the disk fails and the process
dies, by seed; it survives if all that was acknowledged is there afterwards, bit by bit. Numbers of faults are those of all seeds.

${table([head, ...rows])}
`,
  );
