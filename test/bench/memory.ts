/**
 * Memory while training, by the number of training texts: `npm run bench:memory -- DATA_DIR`. Makes data sets of the
 * first 25, 100 and 600 thousand texts of a data set, trains NGAME and DEXA on each in a separate
 * process, and writes the table.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readParquet } from '../../operators/read-parquet.js';
import { take } from '../../operators/take.js';
import { writeParquet } from '../../operators/write-parquet.js';
import { pipeline } from '../../src/index.js';
import {
  createDataset,
  datasetFiles,
  LABEL_COLUMNS,
  openDataset,
  TEXT_COLUMNS,
} from '../../src/store/dataset.js';
import { machine, table, writeSection } from './results.js';

const SIZES = [25_000, 100_000, 600_000];
const SYSTEMS = { NGAME: 0, DEXA: 4096 };

const [source] = process.argv.slice(2);
if (source === undefined) throw new RangeError('expected the folder of a data set');

/** The same labels and test texts, the first `texts` training texts. */
async function subset(from: string, dir: string, texts: number): Promise<void> {
  if (existsSync(dir)) return;
  const { name, labels, test, propensity, paths } = await openDataset(from);
  await createDataset(dir, async (partial) => {
    const files = datasetFiles(partial);
    await pipeline(
      paths.labels,
      readParquet({ columns: LABEL_COLUMNS }),
      writeParquet({ path: files.labels, columns: LABEL_COLUMNS }),
    ).drain();
    for (const [path, to, rows] of [
      [paths.train, files.train, texts],
      [paths.test, files.test, test],
    ] as const)
      await pipeline(
        path,
        readParquet({ columns: TEXT_COLUMNS }),
        take({ rows }),
        writeParquet({ path: to, columns: TEXT_COLUMNS }),
      ).drain();
    return { name, labels, train: texts, test, propensity };
  });
}

/** Epochs on the largest set; the others get more, for the same number of steps. Clusters are used from the second on. */
const EPOCHS = 2;
/** Measured stages: the epochs, and the clustering of the texts between them. */
const STAGES = ['train', 'cluster texts'];
/** More texts than any label has: with head vectors the model itself would grow with the texts. */
const NEVER = 2 ** 31 - 1;

/** Trains in a separate process and returns the peak resident memory by stage, in MB. */
function peaksOf(options: object): Record<string, number> {
  const module = new URL('../../pipelines/train.js', import.meta.url).href;
  const code = `
    import { train } from ${JSON.stringify(module)};
    const peaks = {};
    let stage = 'start';
    const look = () => { peaks[stage] = Math.max(peaks[stage] ?? 0, process.memoryUsage.rss() / 2 ** 20); };
    setInterval(look, 50).unref();
    await train(${JSON.stringify(options)}, { report: (progress) => { ({ stage } = progress); } });
    console.log(JSON.stringify(peaks));`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, number>;
}

const work = 'runs/bench-memory';
await mkdir(work, { recursive: true });
const rows: string[][] = [];
for (const texts of SIZES) {
  const data = join(work, `data-${texts}`);
  await subset(source, data, texts);
  const peaks = Object.values(SYSTEMS).flatMap((aux) => {
    const run = join(work, 'run');
    rmSync(run, { recursive: true, force: true });
    const peak = peaksOf({ data, run, aux, epochs: (EPOCHS * SIZES.at(-1)!) / texts, headMinCount: NEVER });
    return STAGES.map((stage) => Math.round(peak[stage]!).toString());
  });
  rows.push([texts.toLocaleString('en'), ...peaks]);
  process.stdout.write(`${rows.at(-1)!.join('  ')}\n`);
}
rmSync(work, { recursive: true, force: true });
const { name } = await openDataset(source);
await writeSection(
  'memory',
  `## Memory while training, by the number of texts

\`npm run bench:memory -- DATA_DIR\`, here on the set \`${name}\`; ${machine()}.
Peak resident memory (MB) of the process over the same number of steps (${EPOCHS} epochs of the largest set): while
epochs ran, and while the texts were clustered between them. Without head vectors (with them the model itself would grow
with the number of frequent labels).

${table([['training texts', ...Object.keys(SYSTEMS).flatMap((name) => [name, `${name}, clustering`])], ...rows])}
`,
);
