import type { Lists } from '../src/formats/lists.js';
import { checkCount, type Found } from '../src/search/found.js';
import { votes, type VoteOptions } from '../src/search/votes.js';
import { RaggedReader } from '../src/store/ragged.js';
import { operator, type Operator } from '../src/stream/operator.js';

/** Texts with the rows that are most similar to each. */
export interface NeighbourBatch {
  nearest: Found;
  /** The row of each text itself; −1 if it has none. */
  own?: Int32Array | undefined;
  /** Labels that each text must not get. */
  excluded?: Lists | undefined;
}

export interface VoteOperatorOptions<F extends string = 'found'> extends Omit<VoteOptions, 'k'> {
  /** Base name of the labels of the rows, as `write-lists` writes them. */
  labels: string;
  /** Name of the added field; default `found`. */
  as?: F;
  /** Labels for each text, 1 … 1000; default 100. */
  k?: number;
}

/**
 * Adds `found`, or the field `as`: the labels of the rows nearest to each text, by the sum of their weights. A text's own row does
 * not vote. Order kept; nothing in flight; owns the open file of labels.
 */
export function vote<T extends NeighbourBatch, F extends string = 'found'>({
  labels,
  as = 'found' as F,
  k = 100,
  ...options
}: VoteOperatorOptions<F>): Operator<T, T & Record<F, Found>> {
  checkCount('k', k);
  return operator<T, T & Record<F, Found>>('vote', async function* (batches, { own, progress }) {
    const lists = own(new RaggedReader(labels));
    for await (const batch of batches) {
      const { nearest: neighbours, own: self, excluded } = batch;
      const labelsOf = (rows: Int32Array): Lists => lists.gather(rows);
      const found = votes({ neighbours, labelsOf, own: self, excluded }, { k, ...options });
      progress(found.ids.length / k);
      yield { ...batch, [as]: found } as T & Record<F, Found>;
    }
  });
}
