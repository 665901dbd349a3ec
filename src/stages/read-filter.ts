/** Reads the pairs of a filter file, grouped by text. */
import { readParquet } from '../../operators/read-parquet.js';
import { positionOf } from '../formats/arrays.js';
import { FILTER_COLUMNS } from '../store/dataset.js';
import { groupPairs, type Pairs } from '../store/pairs.js';
import type { Lists } from '../formats/lists.js';
import { pipeline } from '../stream/pipeline.js';
import type { Watch } from '../stream/progress.js';

export interface ReadFilterOptions {
  /** Number of texts. */
  rows: number;
  /** Number of labels. */
  labels: number;
  /** Texts whose pairs are kept, ascending; default all. */
  only?: Int32Array | undefined;
}

/**
 * Labels to exclude for each text, in the order of the texts; `undefined` without a file. Memory: 4 bytes per text and per
 * pair.
 */
export async function readFilter(
  path: string | undefined,
  { rows, labels, only }: ReadFilterOptions,
  { signal }: Watch = {},
): Promise<Lists | undefined> {
  if (path === undefined) return undefined;
  const pairs: Pairs[] = [];
  const read = readParquet({ columns: FILTER_COLUMNS, below: { row: rows, label: labels } });
  for await (const { columns } of pipeline([path], read).run({ signal }))
    pairs.push(only ? pairsOf(only, columns) : { row: columns.row, id: columns.label });
  return groupPairs(pairs, only?.length ?? rows);
}

/** The pairs of some texts, numbered by their positions among these texts. */
function pairsOf(only: Int32Array, { row, label }: { row: Int32Array; label: Int32Array }): Pairs {
  const places = row.map((text) => positionOf(only, text));
  const kept = places.map((_place, i) => i).filter((i) => only[places[i]!] === row[i]);
  return { row: kept.map((i) => places[i]!), id: kept.map((i) => label[i]!) };
}
