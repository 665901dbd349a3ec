/** Recall of an index: the share of the results of an exact search that it finds. */
import { embed } from '../../operators/embed.js';
import { readParquet } from '../../operators/read-parquet.js';
import { search } from '../../operators/search.js';
import { take } from '../../operators/take.js';
import { tokenize } from '../../operators/tokenize.js';
import { readConfig } from '../encode/model-folder.js';
import { rankedAt } from '../search/found.js';
import { openDataset } from '../store/dataset.js';
import { Matrix } from '../formats/npy.js';
import { pipeline } from '../stream/pipeline.js';
import type { Watch } from '../stream/progress.js';

/** Labels compared per query. */
export const K = 100;

/** A batch of queries; all batches are in memory at once. */
export interface Embedded {
  rows: number;
  /** `[rows, dim]`. */
  embeddings: Float32Array;
}

const BATCH = 256;

/** The first `sample` held-out texts of a data set, embedded by a model. */
export async function heldOutTexts(
  { data, model, sample, threads }: { data: string; model: string; sample: number; threads: number },
  { signal }: Watch,
): Promise<Embedded[]> {
  const { paths } = await openDataset(data);
  const batches: Embedded[] = [];
  for await (const { rows, embeddings } of pipeline(
    paths.test,
    readParquet({ columns: { text: 'string' }, batch: BATCH }),
    take({ rows: sample }),
    tokenize({ tokenizer: model, maxLength: readConfig(model).maxLength, threads }),
    embed({ model, threads }),
  ).run({ signal }))
    batches.push({ rows, embeddings });
  return batches;
}

/** `sample` evenly spaced rows of a matrix, or all rows if it has fewer. */
export function evenRows(path: string, sample: number): Embedded[] {
  using matrix = Matrix.open(path, 'float32');
  const count = Math.min(sample, matrix.rows);
  const ids = Array.from({ length: count }, (_x, i) => Math.floor((i * matrix.rows) / count));
  const batches = Array.from({ length: Math.ceil(count / BATCH) }, (_x, i) => ids.slice(i * BATCH, (i + 1) * BATCH)); // prettier-ignore
  return batches.map((batch) => ({ rows: batch.length, embeddings: matrix.gather(batch) }));
}

/** The share, 0 … 1, of the `K` best labels, over all queries, that the index finds; 1 if no label can be found. */
export async function measureRecall(
  { labels, index, threads }: { labels: string; index: string; threads: number },
  queries: readonly Embedded[],
  { signal, report }: Watch,
): Promise<number> {
  let [hits, all, done] = [0, 0, 0];
  const total = queries.reduce((sum, { rows }) => sum + rows, 0);
  const compared = pipeline(
    queries,
    search<Embedded, 'exact'>({ labels, as: 'exact', k: K, threads }),
    search({ labels, index, k: K, threads }),
  ).run({ signal });
  for await (const { rows, exact, found } of compared) {
    for (let text = 0; text < rows; text++) {
      const best = new Set(rankedAt(exact, text));
      all += best.size;
      hits += rankedAt(found, text).filter((label) => best.has(label)).length;
    }
    report?.({ stage: `recall of ${index}`, done: (done += rows), total });
  }
  return all === 0 ? 1 : hits / all;
}
