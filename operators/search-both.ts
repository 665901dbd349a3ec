import type { TwoRankings } from '../src/ranker/fuse.js';
import type { Found } from '../src/search/found.js';
import { chain } from '../src/stream/chain.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { search, type EmbeddedBatch, type SearchOptions } from './search.js';

/** Where the labels of one ranking are searched. */
export type SearchedLabels = Pick<SearchOptions, 'labels' | 'index'>;

export interface SearchBothOptions extends Omit<SearchOptions, keyof SearchedLabels> {
  /** The label embeddings. */
  encoder: SearchedLabels;
  /** The classifiers, of unit length. */
  classifier: SearchedLabels;
}

/**
 * Adds `encoder` and `classifier`, what two searches find: by label embeddings, then by classifiers. Order kept; in
 * flight what two searches have; a failure surfaces when its batch's turn comes; owns both searches' threads.
 */
export function searchBoth<T extends EmbeddedBatch>({
  encoder,
  classifier,
  ...options
}: SearchBothOptions): Operator<T, T & TwoRankings> {
  type First = T & Pick<TwoRankings, 'encoder'>;
  const first = chain(
    search<T>({ ...encoder, ...options }),
    named<T & { found: Found }, First>((batch) => ({ ...batch, encoder: batch.found })),
  );
  const second = chain(
    search<First>({ ...classifier, ...options }),
    named<First & { found: Found }, T & TwoRankings>((batch) => ({ ...batch, classifier: batch.found })),
  );
  return chain(first, second);
}

/** Puts what was found where the next search does not write over it. */
const named = <In, Out>(name: (batch: In) => Out): Operator<In, Out> =>
  operator<In, Out>('search-both', async function* (batches) {
    for await (const batch of batches) yield name(batch);
  });
