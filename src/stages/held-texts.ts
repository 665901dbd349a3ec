/** The held-back texts as batches on their way to labels, with their true labels. */
import { readParquet } from '../../operators/read-parquet.js';
import { sliceColumn } from '../formats/columns.js';
import { listAt, toLists, type Lists } from '../formats/lists.js';
import { TEXT_COLUMNS, type Dataset } from '../store/dataset.js';
import { pipeline } from '../stream/pipeline.js';
import type { Watch } from '../stream/progress.js';

export interface HeldTexts {
  columns: { text: string[] };
  /** Rows of the texts among the training texts. */
  own: Int32Array;
  /** Labels that must not be found. */
  excluded: Lists | undefined;
  /** True labels, without those excluded. */
  truth: Lists;
}

/** Texts per batch. */
const BATCH = 64;

/** Reads the training texts once. `held` is ascending; `excluded` is in its order. */
export async function* heldTexts(
  { paths, labels }: Dataset,
  { held, excluded }: { held: Int32Array; excluded: Lists | undefined },
  { signal }: Watch,
): AsyncGenerator<HeldTexts> {
  let [next, begin] = [0, 0];
  let text: string[] = [];
  let truth: Int32Array[] = [];
  const read = readParquet({ columns: TEXT_COLUMNS, below: { labels } });
  for await (const { start, rows, columns } of pipeline(paths.train, read).run({ signal })) {
    for (; next < held.length && held[next]! < start + rows; next++) {
      const row = held[next]! - start;
      const hidden = excluded && new Set(listAt(excluded, next));
      text.push(columns.text[row]!);
      truth.push(listAt(columns.labels, row).filter((label) => !hidden?.has(label)));
      if (text.length < BATCH && next + 1 < held.length) continue;
      const own = held.subarray(begin, next + 1);
      yield {
        columns: { text },
        own,
        excluded: excluded && sliceColumn(excluded, begin, next + 1),
        truth: toLists(truth),
      };
      [begin, text, truth] = [next + 1, [], []];
    }
  }
}
