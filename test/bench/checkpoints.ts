/**
 * What checkpoints cost: `npm run bench:checkpoints -- DATA_DIR`. Trains NGAME and DEXA with defaults, summing the time spent
 * writing checkpoints and the best model; and again with many checkpoints, to measure the other costs of one (rows on disk
 * go into a journal before they are first overwritten).
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { train } from '../../pipelines/train.js';
import { BestModel } from '../../src/store/best-model.js';
import { Checkpoints } from '../../src/store/checkpoints.js';
import { machine, table, writeSection } from './results.js';

const DEFAULT_MINUTES = 10;
const OFTEN_SECONDS = 1.2;
const SYSTEMS = { NGAME: 0, DEXA: 8192 };

const [data] = process.argv.slice(2);
if (data === undefined) throw new RangeError('expected the folder of a data set');
const work = 'runs/bench-checkpoints';

/** Seconds spent in `write` of checkpoints and `offer` of best models, and the number of checkpoints. */
const spent = { seconds: 0, checkpoints: 0 };
function time(of: object, method: string, note: () => void): void {
  const original = Reflect.get(of, method) as (...given: unknown[]) => Promise<unknown>;
  Reflect.set(of, method, async function (this: unknown, ...given: unknown[]) {
    note();
    const begun = performance.now();
    try {
      return await original.apply(this, given);
    } finally {
      spent.seconds += (performance.now() - begun) / 1000;
    }
  });
}
time(Checkpoints.prototype, 'write', () => spent.checkpoints++);
time(BestModel.prototype, 'offer', () => undefined);

interface Measured {
  /** Seconds of training itself. */
  seconds: number;
  spent: typeof spent;
}

async function measure(aux: number, checkpointMinutes: number): Promise<Measured> {
  const run = join(work, 'run');
  rmSync(run, { recursive: true, force: true });
  Object.assign(spent, { seconds: 0, checkpoints: 0 });
  const at = { begun: 0, ended: 0 };
  await train(
    { data: data!, run, sources: ['encoder'], store: join(work, 'store'), aux, checkpointMinutes },
    {
      report: ({ stage }) => {
        if (stage !== 'train') return;
        at.begun ||= performance.now();
        at.ended = performance.now();
      },
    },
  );
  return { seconds: (at.ended - at.begun) / 1000, spent: { ...spent } };
}

const rows: string[][] = [];
for (const [name, aux] of Object.entries(SYSTEMS)) {
  const usual = await measure(aux, DEFAULT_MINUTES);
  const often = await measure(aux, OFTEN_SECONDS / 60);
  const more = often.spent.checkpoints - usual.spent.checkpoints;
  const one = (often.seconds - usual.seconds) / more;
  rows.push([
    name,
    usual.seconds.toFixed(0),
    String(usual.spent.checkpoints),
    ((100 * usual.spent.seconds) / usual.seconds).toFixed(2),
    String(more),
    (1000 * one).toFixed(0),
    ((100 * one) / (60 * DEFAULT_MINUTES)).toFixed(3),
  ]);
}
rmSync(work, { recursive: true });

await writeSection(
  'checkpoints',
  `## What checkpoints cost

\`npm run bench:checkpoints -- DATA_DIR\`, here on WordNet; ${machine()}. Default options: a checkpoint every
${DEFAULT_MINUTES} minutes and at the end of each epoch, with the best model, if that takes less than 3 % of the time. Then with checkpoints
${OFTEN_SECONDS} seconds apart: the extra time divided by the number of extra checkpoints is the cost of one, journal included.

${table([
  [
    '',
    'seconds of training',
    'checkpoints',
    '% of the time in checkpoints and the best model',
    'more checkpoints',
    'ms that one more costs',
    `% of the time, one every ${DEFAULT_MINUTES} minutes`,
  ],
  ...rows,
])}
`,
);
