/**
 * Both modules of NGAME and DEXA as published on a data set, each source scored, over three seeds:
 * `npm run bench:stages -- DATA_DIR [OPTIONS AS JSON]`.
 */
import { rmSync } from 'node:fs';
import { evaluateRun } from '../../pipelines/evaluate.js';
import { train, type TrainOptions } from '../../pipelines/train.js';
import { openDataset } from '../../src/store/dataset.js';
import { machine, spread, table, writeSection } from './results.js';

const [data, more = '{}'] = process.argv.slice(2);
if (data === undefined) throw new RangeError('expected the folder of a data set');
const options = JSON.parse(more) as Partial<TrainOptions>;

const SOURCES = ['encoder', 'classifier', 'fused'];
const SEEDS = [0, 1, 2];
const SYSTEMS = { NGAME: 0, DEXA: 8192 } as const;
const SHOWN = ['P@1', 'P@3', 'P@5', 'nDCG@5', 'PSP@1', 'PSP@5', 'R@10', 'R@100'];

const { name, labels, train: texts, test } = await openDataset(data);
const work = `runs/bench-stages-${name}`;
const rows: string[][] = [];
for (const [system, aux] of Object.entries(SYSTEMS)) {
  const scores = new Map<string, number[][]>(SOURCES.map((source) => [source, SHOWN.map(() => [])]));
  const fusions: string[] = [];
  for (const seed of SEEDS) {
    const run = `${work}/${system}-${seed}`;
    rmSync(run, { recursive: true, force: true });
    const trained = await train({
      data,
      run,
      aux,
      seed,
      store: `${work}/store`,
      sources: ['encoder', 'classifier'],
      fuse: 'published',
      loss: 'triplet',
      classifierLoss: 'triplet',
      words: 0,
      ...options,
    });
    fusions.push(trained.results['fit fusion']!['by'] as string);
    for (const source of SOURCES) {
      const { metrics } = await evaluateRun({ run, data, source });
      SHOWN.forEach((key, i) => scores.get(source)![i]!.push(100 * metrics[key]!));
      process.stdout.write(`${system} seed ${seed} ${source} P@1 ${(100 * metrics['P@1']!).toFixed(2)}\n`);
    }
    rmSync(run, { recursive: true });
  }
  for (const [source, values] of scores)
    rows.push([
      `${system}, ${source === 'fused' ? `fused (${[...new Set(fusions)].join(', ')})` : source}`,
      ...values.map((own) => spread(own)),
    ]);
}
rmSync(work, { recursive: true });
await writeSection(
  `stages ${name}${more === '{}' ? '' : ` ${more}`}`,
  `## Encoder, classifiers and their fusion on ${name}

\`npm run bench:stages -- DATA_DIR${more === '{}' ? '' : ` '${more}'`}\`, with the published loss, otherwise at default options${more === '{}' ? '' : ' but for those'}; ${machine()}.
${labels.toLocaleString('en')} labels, ${texts.toLocaleString('en')} training texts, ${test.toLocaleString('en')} held-out texts. Metrics in %,
means of ${SEEDS.length} seeds ± their standard deviation.

${table([['', ...SHOWN], ...rows])}
`,
);
