/** A few held-out texts with the labels that each of several runs finds. */
import { exclude } from '../../operators/exclude.js';
import { readParquet } from '../../operators/read-parquet.js';
import { retrieve } from '../../operators/retrieve.js';
import { TEXT_COLUMNS, type Dataset } from '../store/dataset.js';
import { listAt, type Lists } from '../formats/lists.js';
import { rankedAt, type Found } from '../search/found.js';
import { foundBy, type FoundBy } from '../sources/found-by.js';
import { openRun } from '../sources/run.js';
import { TextReader } from '../store/texts.js';
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

/** One line per text, each followed by one line per run with its best labels; hits are *marked*, with the sources that rank them highest. */
export async function showExamples(
  { dataset, runs, texts = 10, top = 5, threads }: ShowExamplesOptions,
  { signal }: Watch,
): Promise<string> {
  const { paths, test: rows, labels } = dataset;
  const excluded = await readFilter(paths.filterTest, { rows, labels }, { signal });
  const examples = await pick(dataset, texts, signal);
  const width = Math.max(...Object.keys(runs).map((name) => name.length));
  const blocks = examples.map(({ text }) => [text]);
  for (const [name, run] of Object.entries(runs)) {
    const lines = await linesOf(examples, { run, excluded, top, threads, signal });
    lines.forEach((line, i) => blocks[i]!.push(`  ${name.padEnd(width)}  ${line}`));
  }
  return blocks.map((lines) => lines.join('\n')).join('\n');
}

interface LineOptions {
  run: string;
  excluded: Lists | undefined;
  top: number;
  threads: number;
  signal: AbortSignal | undefined;
}

/** The best labels of each text by one run. */
async function linesOf(
  examples: readonly Example[],
  { run, excluded, top, threads, signal }: LineOptions,
): Promise<string[]> {
  const opened = openRun(run);
  const sources = opened.ranker?.sources ?? [];
  using names = new TextReader(opened.texts);
  const batches = examples.map(({ row, text }) => ({ start: row, rows: 1, columns: { text: [text] } }));
  const lines: string[] = [];
  for await (const batch of pipeline(
    batches,
    exclude<Row>({ labels: excluded }),
    retrieve({ run: opened, k: top, threads }),
  ).run({ signal })) {
    const { positives } = examples[lines.length]!;
    const labels = rankedAt(batch.found, 0);
    const by = batch as unknown as Readonly<Record<string, Found>>; // a field for each source
    const shown = names.gather(labels).map((label, rank) => {
      if (!positives.includes(labels[rank]!)) return label;
      const finders = foundBy(by, sources, { text: 0, label: labels[rank]! });
      return `*${label}*${finders.length > 0 ? ` (${leading(finders)})` : ''}`;
    });
    lines.push(shown.join(' | '));
  }
  return lines;
}

/** The sources that rank a label highest, and its rank. */
function leading(finders: readonly FoundBy[]): string {
  const rank = Math.min(...finders.map((by) => by.rank));
  const sources = finders.filter((by) => by.rank === rank).map(({ source }) => source);
  return `${sources.join(', ')}: ${rank}`;
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
