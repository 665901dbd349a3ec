import type { TextBatch } from '../../operators/tokenize.js';
import type { Lists } from '../formats/lists.js';
import type { Operator } from '../stream/operator.js';

/** A batch of texts on its way to labels. It has the fields that the parts before added, not always all of these. */
export interface Prepared extends TextBatch {
  tokens: Lists;
  /** `[texts, dim]`, of unit length. */
  embeddings: Float32Array;
  /** Labels that each text must not get; absent for none. */
  excluded?: Lists | undefined;
}

/** One step from texts to labels: adds a field to a batch, the same over threads and in this thread. */
export interface Part {
  readonly field: string;
  /** Over threads, as a pipeline's operator; `k` labels for each text, where it finds labels. */
  operator(options: { k: number; threads: number; ahead: number }): Operator<Prepared, Prepared>;
  /** In this thread; `threads` within one batch. Loads the engine, if it needs one, not before. */
  open(options: { threads: number }): Promise<OpenPart>;
}

export interface OpenPart extends AsyncDisposable {
  /** What the field gets. */
  make(batch: Prepared, k: number): unknown;
}

/** Without the type of what it adds. Needed because the types of Highland's streams are invariant. */
export const erased = <In extends Prepared, Out extends In>(operator: Operator<In, Out>) =>
  operator as unknown as Operator<Prepared, Prepared>;
