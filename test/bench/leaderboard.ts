/**
 * Subject indexing as LLMs4Subjects scores it (SemEval-2025 task 5, GermEval-2025): `npm run bench:leaderboard -- DATA_DIR [SEEDS]`, of
 * a data set imported with `--text title+content`. Precision and recall at k are means over the records, F1 is that of both
 * means; nDCG@20 has an ideal of min(20, subjects) hits. Published figures are of the official test records, which have no public labels.
 */
import { join } from 'node:path';
import { exclude } from '../../operators/exclude.js';
import { readParquet } from '../../operators/read-parquet.js';
import { retrieve } from '../../operators/retrieve.js';
import { listAt } from '../../src/formats/lists.js';
import { openRun, pipeline } from '../../src/index.js';
import { rankedAt } from '../../src/search/found.js';
import { openDataset, TEXT_COLUMNS } from '../../src/store/dataset.js';
import { trainFresh } from './fresh-run.js';
import { machine, table, writeSection } from './results.js';

const [data, seeds = '3'] = process.argv.slice(2);
if (data === undefined) throw new RangeError('expected the folder of a data set');
const dataset = await openDataset(data);
const { name, labels, train: texts, test, paths } = dataset;
const CUTOFFS = [5, 10, 15, 20];
const SHOWN = ['F1@5', ...CUTOFFS.map((k) => `R@${k}`), 'nDCG@20'];
const DISCOUNT = Array.from({ length: 20 }, (_x, rank) => 1 / Math.log2(rank + 2));
const ideal = (count: number): number => DISCOUNT.slice(0, count).reduce((sum, gain) => sum + gain, 0);

/** The task's measures of a run on the held-out records. */
async function score(run: string): Promise<Record<string, number>> {
  const sums = { precision: 0, gain: 0, recall: CUTOFFS.map(() => 0) };
  const found = pipeline(
    paths.test,
    readParquet({ columns: TEXT_COLUMNS, batch: 512, below: { labels } }),
    exclude({ labels: undefined }),
    retrieve({ run: openRun(run), k: 20 }),
  ).run();
  for await (const { columns, found: best } of found)
    for (let text = 0; text < columns.text.length; text++) {
      const truth = new Set(listAt(columns.labels, text));
      if (truth.size === 0) continue;
      const hits = Array.from(rankedAt(best, text), (label) => Number(truth.has(label)));
      const hitsAt = (k: number): number => hits.slice(0, k).reduce((sum, hit) => sum + hit, 0);
      sums.precision += hitsAt(5) / 5;
      CUTOFFS.forEach((k, i) => (sums.recall[i]! += hitsAt(k) / truth.size));
      sums.gain += hits.reduce((sum, hit, rank) => sum + hit * DISCOUNT[rank]!, 0) / ideal(truth.size);
    }
  const [precision, ...recall] = [sums.precision, ...sums.recall].map((sum) => sum / test);
  return {
    'F1@5': (2 * precision! * recall[0]!) / (precision! + recall[0]! || 1),
    ...Object.fromEntries(CUTOFFS.map((k, i) => [`R@${k}`, recall[i]!])),
    'nDCG@20': sums.gain / test,
  };
}

const rows: string[][] = [];
for (let seed = 0; seed < Number(seeds); seed++) {
  const run = join('runs', `leaderboard-${name}`);
  const { seconds, peakMB } = trainFresh({ data, run, seed });
  const scores = await score(run);
  const values = SHOWN.map((key) => scores[key]!.toFixed(4));
  rows.push([`all sources, seed ${seed}`, ...values, seconds.toFixed(0), peakMB.toFixed(0)]);
  process.stdout.write(`${rows.at(-1)!.join('  ')}\n`);
}
/** Best systems of both tasks without a language model at prediction, on the official test records. */
const PUBLISHED = [
  ['Annif, SemEval-2025, all subjects ¹', '0.343', '', '0.57', '', '', '', '', ''],
  ['best without a language model, GermEval-2025 ¹', '0.320', '', '', '', '', '0.550', '', ''],
];
await writeSection(
  `leaderboard ${name}`,
  `## Subject indexing of titles and abstracts (${name})

\`npm run bench:leaderboard -- DATA_DIR ${seeds}\`, at default options; ${machine()}. ${labels.toLocaleString('en')} subjects,
${texts.toLocaleString('en')} training records, ${test.toLocaleString('en')} development records scored as the task does.

${table([['', ...SHOWN, 'seconds', 'peak MB'], ...rows, ...PUBLISHED])}

¹ Published figures, of other records and with some 200 thousand subjects to choose from.
`,
);
