import type { TextBatch } from '../../operators/tokenize.js';
import type { Lists } from '../formats/lists.js';
import type { SparseRows } from '../sparse/rows.js';
import type { Operator } from '../stream/operator.js';
import type { Owned } from '../stream/run.js';

/** A batch of texts on its way to labels, with the fields that earlier parts have added. */
export interface Prepared extends TextBatch {
  tokens: Lists;
  /** `[texts, dim]`, of unit length. */
  embeddings: Float32Array;
  /** TF-IDF weights of terms, of unit length. */
  features: SparseRows;
  /** Labels to exclude for each text; absent: none. */
  excluded?: Lists | undefined;
  /** Row of each text if it is itself a training text, −1 if not; absent: none is. */
  own?: Int32Array | undefined;
}

/** One step from texts to labels: adds a field to a batch, in threads or in this thread, with the same result. */
export interface Part {
  readonly field: string;
  /** In threads, as an operator; a search finds `k` labels for each text. */
  operator(options: { k: number; threads: number; ahead: number }): Operator<Prepared, Prepared>;
  /** In this thread, with `threads` within one batch. Loads the engine, if it needs one, only now. */
  open(options: { threads: number }): Promise<OpenPart>;
}

export type OpenPart = Owned & {
  /** Computes the field's value. */
  make(batch: Prepared, k: number): unknown;
};

/** Erases the type of the added field, because the types of Highland's streams are invariant. */
export const erased = <In extends Prepared, Out extends In>(operator: Operator<In, Out>) =>
  operator as unknown as Operator<Prepared, Prepared>;
