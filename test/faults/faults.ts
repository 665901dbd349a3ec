/** `npm run test:faults -- [--instants N] [--only FAULT]`: a table of the faults that a small run survives. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { textTable } from '../../src/report/table.js';
import { Random } from '../../src/random.js';
import { tinyDataset } from '../tiny.js';
import { FAULTS, subjectOf, type Outcome } from './list.js';

/** The fraction of instants tried for each fault but the first, `kill -9`. */
const REST = 0.05;

const { values } = parseArgs({
  options: { instants: { type: 'string', default: '50' }, only: { type: 'string' } },
});
const instants = Number(values.instants);
if (!(instants >= 1)) throw new RangeError(`--instants: expected at least 1, got ${values.instants}`);

const faults = FAULTS.filter(({ name }) => values.only === undefined || name === values.only);
if (faults.length === 0)
  throw new RangeError(`--only: expected one of ${FAULTS.map(({ name }) => name).join(', ')}`);

const dir = mkdtempSync(join(tmpdir(), 'dexa-faults-'));
const data = join(dir, 'data');
try {
  await tinyDataset(data);
  const subject = await subjectOf({
    data,
    run: join(dir, 'run'),
    sources: ['encoder', 'classifier'],
    fuse: 'published',
    dim: 16,
    words: 64,
    aux: 4,
    headMinCount: 12,
    epochs: 12,
    batch: 32,
    classifierEpochs: 6,
    classifierBatch: 32,
    threads: 2,
  });
  const random = new Random(1);
  const rows: string[][] = [];
  for (const [place, { name, unable, harm }] of faults.entries()) {
    const why = unable?.();
    if (why !== undefined) {
      rows.push([name, '0', '0', why]);
      continue;
    }
    const outcomes: Outcome[] = [];
    const count = place === 0 ? instants : Math.ceil(instants * REST);
    for (let i = 0; i < count; i++) {
      outcomes.push(await harm(subject, random));
      const { stage, survived, lost, ends } = outcomes.at(-1)!;
      const end = survived ? `survived, ${lost} steps repeated` : 'NOT SURVIVED';
      process.stderr.write(`${name} ${i + 1}/${count}, at ${stage}: ${end}\n`);
      if (survived) continue;
      process.stderr.write(`${JSON.stringify(ends)}\n`);
      process.exitCode = 1;
    }
    rows.push([
      name,
      String(count),
      String(outcomes.filter(({ survived }) => survived).length),
      String(Math.max(...outcomes.map(({ lost }) => lost))),
    ]);
  }
  process.stdout.write(`${textTable([['fault', 'instants', 'survived', 'steps repeated'], ...rows])}\n`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
