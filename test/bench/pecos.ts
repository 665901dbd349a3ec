/** XR-Linear of PECOS on a data set, by `pecos.py` and a built checkout, scored like our own runs. */
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { evaluate } from '../../operators/evaluate.js';
import { exclude } from '../../operators/exclude.js';
import { readParquet } from '../../operators/read-parquet.js';
import { readTable } from '../../operators/read-table.js';
import { listAt } from '../../src/formats/lists.js';
import { pipeline } from '../../src/index.js';
import { RANKED } from '../../src/metrics/pair-tables.js';
import { inversePropensity } from '../../src/metrics/propensity.js';
import type { Metrics } from '../../src/metrics/ranking.js';
import { emptyFound } from '../../src/search/found.js';
import { countLabels } from '../../src/stages/count-labels.js';
import { readFilter } from '../../src/stages/read-filter.js';
import { LABEL_COLUMNS, TEXT_COLUMNS, type Dataset } from '../../src/store/dataset.js';

export const VARIANTS = ['defaults', 'label texts', 'label texts, characters, beam 50'] as const;

export interface PeerResult {
  metrics: Metrics;
  seconds: number;
  peakMB: number;
}

/** Labels per text. */
const K = 100;
const SCRIPT = 'test/bench/pecos.py';

/** @throws Error if the checkout cannot be used. */
export async function runPecos(
  dataset: Dataset,
  { checkout, variant, threads }: { checkout: string; variant: (typeof VARIANTS)[number]; threads: number },
): Promise<PeerResult> {
  const folder = mkdtempSync(join(tmpdir(), 'dexa-pecos-'));
  try {
    await writeLines(folder, dataset);
    const { stdout, status } = spawnSync('python3', [SCRIPT, checkout, folder, variant, String(threads)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (status !== 0) throw new Error(`${SCRIPT} ended with ${status}`);
    const { seconds, peakMB } = JSON.parse(stdout.trim().split('\n').at(-1)!) as Omit<PeerResult, 'metrics'>;
    return { metrics: await score(dataset, join(folder, 'predictions.jsonl')), seconds, peakMB };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Texts one per line, and the labels of the training texts as JSON lines. */
async function writeLines(folder: string, { paths }: Dataset): Promise<void> {
  const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
  const copy = async (files: readonly string[], name: string): Promise<void> => {
    const out = createWriteStream(join(folder, name));
    for await (const { columns } of pipeline(files, readParquet({ columns: LABEL_COLUMNS })).run())
      for (const text of columns.text) out.write(`${oneLine(text)}\n`);
    await once(out.end(), 'close');
  };
  await copy(paths.train, 'train.txt');
  await copy(paths.test, 'test.txt');
  await copy(paths.labels, 'labels.txt');
  const out = createWriteStream(join(folder, 'train.jsonl'));
  for await (const { rows, columns } of pipeline(paths.train, readParquet({ columns: TEXT_COLUMNS })).run())
    for (let row = 0; row < rows; row++)
      out.write(`${JSON.stringify({ labels: [...listAt(columns.labels, row)] })}\n`);
  await once(out.end(), 'close');
}

/** As `dexa evaluate` scores a run: filter pairs are removed from predictions and truth. */
async function score(dataset: Dataset, predictions: string): Promise<Metrics> {
  const { paths, labels, test: rows, train, propensity } = dataset;
  const { frequency } = await countLabels(dataset);
  const excluded = await readFilter(paths.filterTest, { rows, labels });
  const texts = pipeline(
    paths.test,
    readParquet({ columns: TEXT_COLUMNS, batch: rows, below: { labels } }),
    exclude({ labels: excluded }),
  );
  const batch = await texts.first();
  const found = emptyFound(rows, K);
  let text = 0;
  for await (const { columns } of pipeline([predictions], readTable(predictions, { columns: RANKED })).run())
    for (let row = 0; row + 1 < columns.labels.offsets.length; row++, text++) {
      const hidden = batch.excluded && listAt(batch.excluded, text);
      const kept = listAt(columns.labels, row).filter((label) => !hidden?.includes(label));
      found.ids.set(kept.subarray(0, K), text * K);
    }
  const weight = inversePropensity((label) => frequency[label]!, train, propensity);
  const { metrics } = await pipeline(
    [{ ...batch, found }],
    evaluate<typeof batch & { found: typeof found }>({ inversePropensity: weight }),
  ).first();
  return metrics;
}
