import { Fuser } from '../src/ranker/fuser.js';
import type { TwoRankings } from '../src/ranker/fuse.js';
import type { Found } from '../src/search/found.js';
import type { RunFiles } from '../src/store/run-folder.js';
import { operator, type Operator } from '../src/stream/operator.js';

export interface FuseOptions {
  /** The files of a run that has been through Module II. */
  run: Pick<RunFiles, 'fusion' | 'inversePropensity'>;
  /** Labels for each text, 1 … 1000; default 100. */
  k?: number;
}

/**
 * Adds `found`: of the labels that the classifiers and the label embeddings find, the `k` of highest fused score. Order
 * kept; nothing in flight; owns the open file.
 */
export function fuse<T>({ run, k = 100 }: FuseOptions): Operator<T & TwoRankings, T & { found: Found }> {
  if (!Number.isInteger(k) || k < 1 || k > 1000) throw new RangeError(`k: expected 1..1000, got ${k}`);
  return operator<T & TwoRankings, T & { found: Found }>(
    'fuse',
    async function* (batches, { own, progress }) {
      const fuser = own(new Fuser(run));
      for await (const batch of batches) {
        const found = fuser.fuse(batch, k);
        progress(found.ids.length / k);
        yield { ...batch, found };
      }
    },
  );
}
