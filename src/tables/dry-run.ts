import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readParquet } from '../../operators/read-parquet.js';
import { take } from '../../operators/take.js';
import { listAt } from '../formats/lists.js';
import { show } from '../show.js';
import { LABEL_COLUMNS, TEXT_COLUMNS, type Dataset } from '../store/dataset.js';
import { pipeline } from '../stream/pipeline.js';
import type { Imported } from './imported.js';

/** Training texts that are shown. */
const SHOWN = 5;

/** Imports into a temporary folder, which is removed. Returns the result, and its first training texts with their labels, as lines. */
export async function dryRun(
  make: (out: string) => Promise<Imported>,
): Promise<{ imported: Imported; lines: string[] }> {
  const temporary = await mkdtemp(join(tmpdir(), 'dexa-import-'));
  try {
    const imported = await make(join(temporary, 'data'));
    return { imported, lines: await firstTexts(imported.dataset) };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function firstTexts({ paths }: Dataset): Promise<string[]> {
  const read = readParquet({ columns: TEXT_COLUMNS, batch: SHOWN });
  const texts: { text: string; labels: Int32Array }[] = [];
  for await (const { rows, columns } of pipeline(paths.train, read, take({ rows: SHOWN })).run())
    for (let row = 0; row < rows; row++)
      texts.push({ text: columns.text[row]!, labels: listAt(columns.labels, row) });
  const names = await namesOf(paths.labels, new Set(texts.flatMap(({ labels }) => [...labels])));
  return texts.flatMap(({ text, labels }) => [
    show(text),
    `  ${Array.from(labels, (label) => names.get(label)!).join(', ') || 'no labels'}`,
  ]);
}

/** The texts of some labels, found by reading as far as the last of them. */
async function namesOf(paths: readonly string[], labels: ReadonlySet<number>): Promise<Map<number, string>> {
  const names = new Map<number, string>();
  for await (const { start, rows, columns } of pipeline(
    paths,
    readParquet({ columns: LABEL_COLUMNS }),
  ).run()) {
    for (let row = 0; row < rows; row++)
      if (labels.has(start + row)) names.set(start + row, show(columns.text[row]));
    if (names.size === labels.size) break;
  }
  return names;
}
