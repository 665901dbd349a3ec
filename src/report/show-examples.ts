/** A few held-out texts with the labels that each of several runs finds. */
import { exclude } from '../../operators/exclude.js';
import { nameLabels } from '../../operators/name-labels.js';
import { readParquet } from '../../operators/read-parquet.js';
import { retrieve } from '../../operators/retrieve.js';
import { TEXT_COLUMNS, type Dataset } from '../store/dataset.js';
import { listAt } from '../formats/lists.js';
import { openRun } from '../sources/run.js';
import { pipeline } from '../stream/pipeline.js';
import type { Watch } from '../stream/progress.js';
import { readFilter } from '../stages/read-filter.js';

export interface ShowExamplesOptions {
  dataset: Dataset;
  /** Folders of the runs, by display name. */
  runs: Record<string, string>;
  /** Number of texts, spread evenly over the held-out texts; default 10. */
  texts?: number;
  /** Labels per text; default 5. */
  top?: number;
  threads: number;
}

/** One line per text, each followed by one line per run with its best labels; hits are *marked*. */
export async function showExamples(
  { dataset, runs, texts = 10, top = 5, threads }: ShowExamplesOptions,
  { signal }: Watch,
): Promise<string> {
  const { paths, test: rows, labels } = dataset;
  const excluded = await readFilter(paths.filterTest, { rows, labels }, { signal });
  const examples = await pick(dataset, texts, signal);
  const blocks = examples.map(({ text }) => [text]);
  for (const [name, run] of Object.entries(runs)) {
    const opened = openRun(run);
    const batches: Row[] = examples.map(({ row, text }) => ({
      start: row,
      rows: 1,
      columns: { text: [text] },
    }));
    let shown = 0;
    for await (const { columns } of pipeline(
      batches,
      exclude<Row>({ labels: excluded }),
      retrieve({ run: opened, k: top, threads }),
      nameLabels({ base: opened.texts }),
    ).run({ signal })) {
      const { positives } = examples[shown]!;
      const found = columns.names.values.map((label, rank) =>
        positives.includes(columns.labels.values[rank]!) ? `*${label}*` : label,
      );
      blocks[shown++]!.push(`  ${name.padEnd(5)}  ${found.join(' | ')}`);
    }
  }
  return blocks.map((lines) => lines.join('\n')).join('\n');
}

interface Row {
  start: number;
  rows: number;
  columns: { text: string[] };
}

interface Example {
  row: number;
  text: string;
  /** Its true labels. */
  positives: Int32Array;
}

async function pick(dataset: Dataset, count: number, signal: AbortSignal | undefined): Promise<Example[]> {
  const examples: Example[] = [];
  const stride = Math.max(1, Math.floor(dataset.test / count));
  const read = readParquet({ columns: TEXT_COLUMNS });
  for await (const { start, rows, columns } of pipeline(dataset.paths.test, read).run({ signal }))
    for (let row = start; row < start + rows; row++)
      if (row % stride === 0 && examples.length < count)
        examples.push({
          row,
          text: columns.text[row - start]!,
          positives: listAt(columns.labels, row - start),
        });
  return examples;
}
