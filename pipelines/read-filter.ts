/** The pairs of a filter file, by text. */
import { readParquet } from '../operators/read-parquet.js';
import { FILTER_COLUMNS } from '../src/store/dataset.js';
import { groupPairs, type Pairs } from '../src/store/pairs.js';
import type { Lists } from '../src/store/ragged.js';
import { pipeline } from '../src/stream/pipeline.js';
import type { Watch } from '../src/stream/progress.js';

export interface ReadFilterOptions {
  /** Texts that the filter is about. */
  rows: number;
  /** How many labels there are. */
  labels: number;
}

/** Labels that each text must not get; nothing where there is no file. Memory: 4 bytes a text and 4 a pair. */
export async function readFilter(
  path: string | undefined,
  { rows, labels }: ReadFilterOptions,
  { signal }: Watch = {},
): Promise<Lists | undefined> {
  if (path === undefined) return undefined;
  const pairs: Pairs[] = [];
  const read = readParquet({ columns: FILTER_COLUMNS, below: { row: rows, label: labels } });
  for await (const { columns } of pipeline([path], read).run({ signal }))
    pairs.push({ row: columns.row, id: columns.label });
  return groupPairs(pairs, rows);
}
