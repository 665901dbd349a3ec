import type { SearchKind } from '../search/choose.js';
import type { Explainer, ExplainerOptions } from './explainer.js';
import type { Part } from './part.js';
import type { SourceSpec } from './spec.js';

/** Vectors of unit length, one row per label or per training text, and their index. */
export interface Indexable {
  of: 'label' | 'text';
  /** Folder of the model whose embeddings of texts are searched with. */
  model: string;
  /** A float32 `.npy`. */
  vectors: string;
  /** Path of the index, which `dexa index` builds. */
  index: string;
}

/** Finds labels for texts; its files are absolute paths. */
export interface LabelSource extends SourceSpec {
  /** What it searches, if an index can speed that up. */
  readonly indexable?: Indexable;
  /** What it needs of a text besides the text itself. */
  readonly needs: readonly Need[];
  /** The search, which adds what it finds (`Found`) as the field `as`; approximate or exact if it supports both. */
  part(options: { as: string; search: SearchKind }): Part;
  /** Opens what explains its scores; none if they are not sums. */
  explain?(options: ExplainerOptions): Explainer | undefined | Promise<Explainer>;
}

/** What sources need of a text: computed once for all sources that need the same. */
export interface Need extends Part {
  /** Identifies the need; differs for another model. */
  readonly model: string;
  /** What must be computed first. */
  readonly needs: readonly Need[];
}
