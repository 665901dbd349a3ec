import type { Ranker } from '../src/ranker/ranker.js';
import { checkCount, type Found } from '../src/search/found.js';
import { operator, type Operator } from '../src/stream/operator.js';

export interface RankOptions {
  ranker: Ranker;
  /** Labels for each text, 1 … 1000; default 100. */
  k?: number;
}

/**
 * Adds `found`: the `k` best of the labels found by the ranker's sources, each in the field named like the source.
 * Order kept; nothing in flight; a batch without one of these fields fails; owns the ranker's open files.
 */
export function rank<T extends object>({ ranker, k = 100 }: RankOptions): Operator<T, T & { found: Found }> {
  checkCount('k', k);
  return operator<T, T & { found: Found }>('rank', async function* (batches, { own, progress }) {
    const open = own(ranker.open());
    for await (const batch of batches) {
      const by = batch as Readonly<Record<string, Found>>;
      const absent = ranker.sources.find((name) => by[name] === undefined);
      if (absent !== undefined) throw new RangeError(`batch: expected the field ${absent}, got none`);
      const found = open.rank(by, k);
      progress(found.ids.length / k);
      yield { ...batch, found };
    }
  });
}
