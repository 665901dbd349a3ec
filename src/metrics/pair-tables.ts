/** Pairs a table of true labels with a table of predictions, row by row. */
import { RECALL_CUTOFFS } from './ranking.js';
import type { Found } from '../search/found.js';
import { ranked } from '../search/ranked.js';
import { sliceColumn, sliceColumns, type FileBatch, type Schema } from '../formats/columns.js';
import { listAt, listCount, type Lists } from '../formats/lists.js';
import { InputError } from '../errors.js';

/** Texts with their true labels and what was found for them. */
export interface EvaluationBatch {
  columns: { labels: Lists };
  found: Found;
  /** One list per text of labels that do not count as true; absent for none. The labels found are not filtered by it. */
  excluded?: Lists | undefined;
}

/** Columns of a table of true labels and of a table of predictions. */
export const LABELS = { labels: 'int32 set' } as const;
export const RANKED = { labels: 'int32[]', scores: 'float32[]' } as const;

type TruthBatch = FileBatch<typeof LABELS>;
type RankedBatch = FileBatch<typeof RANKED>;

/**
 * Pairs the rows of two tables, whose batches may differ. `excluded` lists, by row, labels to remove from the predictions;
 * the true labels are not filtered. @throws InputError if one table is longer, or a row of predictions is not a ranking.
 */
export async function* pairTables(
  truths: AsyncGenerator<TruthBatch>,
  predictions: AsyncGenerator<RankedBatch>,
  excluded: Lists | undefined,
): AsyncGenerator<EvaluationBatch> {
  let truth: TruthBatch | undefined;
  let prediction: RankedBatch | undefined;
  try {
    for (;;) {
      truth = await filled(truth, truths);
      prediction = await filled(prediction, predictions);
      if (!truth && !prediction) return;
      if (!truth || !prediction) {
        const { file, start } = (truth ?? prediction)!;
        throw new InputError(`${file}, row ${start}: the other table has only ${start} rows`);
      }
      const rows = Math.min(truth.rows, prediction.rows);
      const { columns } = rowsOf(truth, 0, rows);
      yield { columns, found: foundOf(rowsOf(prediction, 0, rows), excluded) };
      truth = rowsOf(truth, rows, truth.rows);
      prediction = rowsOf(prediction, rows, prediction.rows);
    }
  } finally {
    await truths.return(undefined);
    await predictions.return(undefined);
  }
}

/** The batch if it has rows left, otherwise the next one with rows. */
async function filled<T extends { rows: number }>(
  batch: T | undefined,
  next: AsyncGenerator<T>,
): Promise<T | undefined> {
  let current = batch;
  while (!current?.rows) {
    const result = await next.next();
    if (result.done) return undefined;
    current = result.value;
  }
  return current;
}

const rowsOf = <S extends Schema>(batch: FileBatch<S>, start: number, end: number): FileBatch<S> => ({
  file: batch.file,
  start: batch.start + start,
  rows: end - start,
  columns: sliceColumns<S>(batch.columns, start, end),
});

function foundOf({ file, start, rows, columns }: RankedBatch, excluded: Lists | undefined): Found {
  const { labels, scores } = columns;
  for (let i = 0; i < rows; i++) {
    const place = `${file}, row ${start + i}`;
    const [ids, values] = [listAt(labels, i), scores.offsets[i + 1]! - scores.offsets[i]!];
    if (ids.length !== values)
      throw new InputError(`${place}: scores: expected ${ids.length}, one per label, got ${values}`);
    const seen = new Set<number>();
    for (const id of ids)
      if (seen.size === seen.add(id).size) throw new InputError(`${place}: label ${id} appears twice`);
  }
  const last = Math.max(0, (excluded ? listCount(excluded) : 0) - start);
  const known = excluded && sliceColumn(excluded, start, start + Math.min(rows, last));
  return ranked({ labels, scores: scores.values }, { k: RECALL_CUTOFFS.at(-1)!, excluded: known });
}
