/**
 * Everything that grows with the labels, at one size: `npm run bench:scale -- --labels N`. Makes a synthetic data set of as
 * many labels as texts, trains a bag of 64 dimensions for a fixed number of steps with N/40 auxiliary vectors and without
 * any, and scores both on held-out texts over all labels. Each part runs in a separate process. Sizes measured earlier stay
 * in the tables; the data set is kept.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Evaluation } from '../../operators/evaluate.js';
import type { Plan } from '../../pipelines/plan.js';
import { writeJson } from '../../src/files/write-json.js';
import { machine, writeSection } from './results.js';
import type { Measured, Part } from './scale-part.js';
import { sizesPlot, sizesTable, stagesTable, type Size, type Stage } from './scale-table.js';

const DIM = 64;
const STEPS = 1000;
const BATCH = 1024;
const TEXTS = 1000;
const LABELS_A_VECTOR = 40;
/** More texts than any label has: all labels share vectors. */
const NEVER = 2 ** 31 - 1;
const [FILE, PLOT] = ['test/bench/scale.json', 'scale.svg'];

const { values } = parseArgs({
  options: {
    labels: { type: 'string' },
    dir: { type: 'string', default: 'runs/bench-scale' },
    print: { type: 'boolean', default: false }, // and write nothing to RESULTS.md
  },
});
const labels = Number(values.labels);
if (!(labels >= 4000)) throw new RangeError(`--labels: expected at least 4000, got ${values.labels}`);

async function measure(part: Part, options: object): Promise<Measured> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./scale-part.js', import.meta.url)), part, JSON.stringify(options)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  const output = await text(child.stdout);
  const status = await closed;
  if (status !== 0) throw new Error(`${part}: ended with ${status}`);
  return JSON.parse(output) as Measured;
}

const data = join(values.dir, String(labels));
const run = `${data}-run`;
const auxiliary = Math.floor(labels / LABELS_A_VECTOR);
const known = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Size[]) : [];
const before = known.find((size) => size.labels === labels)?.stages ?? [];

await mkdir(values.dir, { recursive: true });
const corpus = existsSync(data)
  ? before.filter(({ stage }) => stage.startsWith('make ')) // as measured when it was made
  : (await measure('corpus', { out: data, labels })).stages;

const epochs = Math.ceil((STEPS * BATCH) / labels) + 1;
const shape = { sources: ['encoder'], dim: DIM, steps: STEPS, batch: BATCH, epochs };
const { parts: plans } = (await measure('plan', { labels, aux: auxiliary, test: TEXTS, ...shape }))
  .result as Plan;
const planned = Object.fromEntries(plans.map(({ part, seconds, rows }) => [part, { seconds, rows }]));

async function trainAndScore(aux: number): Promise<{ stages: Stage[]; recall: number }> {
  rmSync(run, { recursive: true, force: true });
  const store = `${data}-store`;
  const trained = await measure('train', {
    data,
    run,
    store,
    aux,
    headMinCount: NEVER,
    ...shape,
  });
  const scored = await measure('evaluate', { data, run, limit: TEXTS });
  rmSync(run, { recursive: true, force: true });
  return {
    stages: [...trained.stages, ...scored.stages],
    recall: (scored.result as Evaluation).metrics['R@100']!,
  };
}

const dexa = await trainAndScore(auxiliary);
const ngame = await trainAndScore(0);
rmSync(`${data}-store`, { recursive: true, force: true });

/** Merges the repetitions of a stage. */
function together(stages: readonly Stage[]): Stage[] {
  const sums = new Map<string, Stage>();
  for (const one of stages) {
    const sum = sums.get(one.stage) ?? { ...one, rows: 0, seconds: 0, written: 0, peak: 0 };
    sums.set(one.stage, {
      stage: one.stage,
      rows: sum.rows + one.rows,
      seconds: sum.seconds + one.seconds,
      written: sum.written + one.written,
      peak: Math.max(sum.peak, one.peak),
    });
  }
  return [...sums.values()];
}

const size: Size = {
  labels,
  machine: machine(),
  stages: together([...corpus, ...dexa.stages]),
  planned,
  steps: STEPS,
  auxiliary,
  texts: TEXTS,
  recall: { DEXA: dexa.recall, NGAME: ngame.recall },
};
const sizes = [...known.filter((other) => other.labels !== labels), size].sort((a, b) => a.labels - b.labels);
process.stdout.write(`${sizesTable(sizes)}\n\n${stagesTable(size)}\n`);
if (values.print) process.exit();
await writeJson(FILE, sizes);
writeFileSync(join('test/bench', PLOT), await sizesPlot(sizes));
await writeSection(
  'scale',
  `## From a hundred thousand labels to forty million

\`npm run bench:scale -- --labels N\` for each size: as many labels as training texts, a bag of ${DIM} dimensions, ${STEPS} steps
of ${BATCH} texts, one auxiliary vector for ${LABELS_A_VECTOR} labels; ${TEXTS} held-out texts scored exactly against all labels, compared with
the same without auxiliary vectors. Planned: the seconds that \`dexa plan\` predicted just before. Peak memory is the resident set of the process with all its threads.

${sizesTable(sizes)}

![Time per row by the number of labels](${PLOT})

${sizes
  .map((one) => `### ${one.labels.toLocaleString('en')} labels\n\n${one.machine}.\n\n${stagesTable(one)}`)
  .join('\n\n')}
`,
);
