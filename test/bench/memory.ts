/**
 * Memory while training, by the number of training texts: `npm run bench:memory -- DATA_DIR`. Makes data sets of the
 * first 25, 100 and 600 thousand texts of a data set, trains one epoch of NGAME and of DEXA on each in a process of its
 * own, and writes the table.
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
      [paths.labels],
      readParquet({ columns: LABEL_COLUMNS }),
      writeParquet({ path: files.labels, columns: LABEL_COLUMNS }),
    ).drain();
    for (const [path, to, rows] of [
      [paths.train, files.train, texts],
      [paths.test, files.test, test],
    ] as const)
      await pipeline(
        [path],
        readParquet({ columns: TEXT_COLUMNS }),
        take({ rows }),
        writeParquet({ path: to, columns: TEXT_COLUMNS }),
      ).drain();
    return { name, labels, train: texts, test, propensity };
  });
}

const EPOCHS = 2; // the second with clusters
/** No label has as many texts: with private vectors the model itself would grow with the texts. */
const NEVER = 2 ** 31 - 1;

/** Trains in a process of its own and gives the most resident memory while epochs ran, in MB. */
function peakOf(options: object): number {
  const module = new URL('../../pipelines/train.js', import.meta.url).href;
  const code = `
    import { train } from ${JSON.stringify(module)};
    let [peak, training] = [0, false];
    setInterval(() => { if (training) peak = Math.max(peak, process.memoryUsage.rss()); }, 50).unref();
    const report = ({ stage }) => { training = stage === 'train' || stage === 'cluster texts'; };
    await train(${JSON.stringify(options)}, { report });
    console.log(peak / 2 ** 20);`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return Math.round(Number(stdout));
}

const work = 'runs/bench-memory';
await mkdir(work, { recursive: true });
const rows: string[][] = [];
for (const texts of SIZES) {
  const data = join(work, `data-${texts}`);
  await subset(source, data, texts);
  const peaks = Object.values(SYSTEMS).map((aux) => {
    const run = join(work, 'run');
    rmSync(run, { recursive: true, force: true });
    return peakOf({ data, run, aux, epochs: EPOCHS, headMinCount: NEVER });
  });
  rows.push([texts.toLocaleString('en'), ...peaks.map(String)]);
  process.stdout.write(`${rows.at(-1)!.join('  ')}\n`);
}
rmSync(work, { recursive: true, force: true });
const { name } = await openDataset(source);
await writeSection(
  'memory',
  `## Memory while training, by the number of texts

\`npm run bench:memory -- DATA_DIR\`, here on the set \`${name}\`; ${machine()}.
The most resident memory (MB) of the process while epochs ran, ${EPOCHS} of them, the second with clusters, without
private vectors (the model itself would grow with the number of labels that occur often).

${table([['training texts', ...Object.keys(SYSTEMS)], ...rows])}
`,
);
