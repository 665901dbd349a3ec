/** `npm run test:faults -- [--instants N]`: what a small run survives, as a table. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { TrainOptions } from '../../pipelines/train.js';
import { textTable } from '../../src/metrics/table.js';
import { Random } from '../../src/random.js';
import { tinyDataset } from '../tiny.js';
import { digests } from './digests.js';
import { attempt, killOnce, type Killed } from './kill.js';

const { values } = parseArgs({ options: { instants: { type: 'string', default: '50' } } });
const instants = Number(values.instants);
if (!(instants >= 1)) throw new RangeError(`--instants: expected at least 1, got ${values.instants}`);

const dir = mkdtempSync(join(tmpdir(), 'dexa-faults-'));
const data = join(dir, 'data');
const options: TrainOptions = {
  data,
  run: join(dir, 'run'),
  modules: '1,2',
  aux: 4,
  headMinCount: 12,
  epochs: 40,
  batch: 32,
  classifierEpochs: 20,
  classifierBatch: 32,
  threads: 2,
};
try {
  await tinyDataset(data);
  const { milliseconds } = await attempt(options);
  const expected = digests(options.run);
  const random = new Random(1);
  const killed: Killed[] = [];
  for (let i = 0; i < instants; i++) {
    killed.push(await killOnce(options, { after: random.next() * milliseconds, expected }));
    const { stage, survived, lost } = killed.at(-1)!;
    process.stderr.write(
      `${i + 1}/${instants} ${stage}: ${survived ? `survived, ${lost} steps lost` : 'LOST'}\n`,
    );
  }
  const stages = [...new Set(killed.map(({ stage }) => stage))];
  const rows = stages.map((stage) => {
    const own = killed.filter((each) => each.stage === stage);
    return [
      `kill -9 at ${stage}`,
      String(own.length),
      String(own.filter(({ survived }) => survived).length),
      String(Math.max(...own.map(({ lost }) => lost))),
    ];
  });
  process.stdout.write(`${textTable([['fault', 'instants', 'survived', 'steps lost at most'], ...rows])}\n`);
  if (killed.some(({ survived }) => !survived)) process.exitCode = 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
}
