/**
 * How long a trained run takes to answer, warm: single texts in this thread, and many by a pipeline.
 * `npm run bench:latency -- RUN_DIR DATA_DIR`, of a run with both modules and its indexes (`dexa index`).
 */
import { readParquet } from '../../operators/read-parquet.js';
import { retrieve } from '../../operators/retrieve.js';
import { openRun, pipeline, Predictor } from '../../src/index.js';
import { openDataset } from '../../src/store/dataset.js';
import { machine, table, writeSection } from './results.js';

const [run, data] = process.argv.slice(2);
if (run === undefined || data === undefined)
  throw new RangeError('expected the folder of a run and that of its data set');

const [WARM, MANY] = [20, 10_000];
/** Number of single texts: an exact search takes many times as long. */
const SINGLE = { ann: 1000, exact: 100 };
const { name, labels, paths } = await openDataset(data);
const texts: string[] = [];
const read = readParquet({ columns: { text: 'string' }, batch: 512 });
for await (const { columns } of pipeline(paths.test, read).run()) {
  texts.push(...columns.text);
  if (texts.length >= MANY) break;
}

/** Milliseconds that each of `count` texts takes, ascending. */
async function latencies(predictor: Predictor, count: number): Promise<number[]> {
  const times: number[] = [];
  for (const [i, text] of texts.slice(0, WARM + count).entries()) {
    const began = performance.now();
    await predictor.predict([text]);
    if (i >= WARM) times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b);
}

/** Texts per second, in batches of 512, from the start of the threads to the last answer. */
async function throughput(given: { source: 'encoder' | 'fused'; search: 'exact' | 'ann' }): Promise<number> {
  const batches = Array.from({ length: Math.ceil(MANY / 512) }, (_x, i) => ({
    columns: { text: texts.slice(512 * i, 512 * (i + 1)) },
  }));
  const began = performance.now();
  await pipeline(batches, retrieve<(typeof batches)[0]>({ run: openRun(run!), k: 5, ...given })).drain();
  return texts.length / ((performance.now() - began) / 1000);
}

const rows: string[][] = [];
for (const source of ['encoder', 'fused'] as const)
  for (const search of ['ann', 'exact'] as const) {
    await using predictor = await Predictor.open(run, { source, search });
    const times = await latencies(predictor, SINGLE[search]);
    const at = (share: number): string => times[Math.floor(share * times.length)]!.toFixed(2);
    const rate = await throughput({ source, search });
    rows.push([`${source}, ${search}`, at(0.5), at(0.99), rate.toFixed(0)]);
    process.stdout.write(`${rows.at(-1)!.join('  ')}\n`);
  }
await writeSection(
  `latency ${name}`,
  `## Time to answer on ${name}

\`npm run bench:latency -- RUN_DIR DATA_DIR\` on ${machine()}. ${labels.toLocaleString('en')} labels, the bag encoder, the
five best. Single texts: \`Predictor\` in one thread, milliseconds from text to named labels, warm, over ${SINGLE.ann.toLocaleString('en')} held-out
texts by index and ${SINGLE.exact} by exact search.
Many: a pipeline with 2 threads per step, ${texts.length.toLocaleString('en')} texts, from starting the threads to the last answer.

${table([['', 'p50 ms', 'p99 ms', 'many: texts/s'], ...rows])}
`,
);
