import { fuse as fuseScores, type Fusion, type TwoRankings } from '../src/fusion/fuse.js';
import type { Found } from '../src/search/found.js';
import { Matrix } from '../src/store/npy.js';
import { operator, type Operator } from '../src/stream/operator.js';

export interface FuseOptions {
  fusion: Fusion;
  /** A float32 `.npy`, 1 / p of each label. */
  inversePropensity: string;
  /** Labels for each text, 1 … 1000; default 100. */
  k?: number;
}

/**
 * Adds `found`: of the labels that the classifiers and the label embeddings find, the `k` of highest fused score. Order
 * kept; nothing in flight; owns the open file.
 */
export function fuse<T>({
  fusion,
  inversePropensity,
  k = 100,
}: FuseOptions): Operator<T & TwoRankings, T & { found: Found }> {
  if (!Number.isInteger(k) || k < 1 || k > 1000) throw new RangeError(`k: expected 1..1000, got ${k}`);
  return operator<T & TwoRankings, T & { found: Found }>('fuse', async function* (batches, { own, progress }) {
    const weights = own(Matrix.open(inversePropensity, 'float32'));
    for await (const batch of batches) {
      const labels = batch.classifier.ids.filter((id) => id >= 0);
      const values = weights.gather(labels);
      const of = new Map(Array.from(labels, (label, i) => [label, values[i]!] as const));
      const found = fuseScores(fusion, batch, { k, inversePropensity: (label) => of.get(label)! });
      progress(found.ids.length / k);
      yield { ...batch, found };
    }
  });
}
