import type { SearchKind } from '../search/choose.js';
import type { Explainer, ExplainerOptions } from './explainer.js';
import type { Part } from './part.js';
import type { SourceSpec } from './spec.js';

/** Finds labels for texts; its files are absolute paths. */
export interface LabelSource extends SourceSpec {
  /** What it needs of a text besides the text itself. */
  readonly needs: readonly Need[];
  /** The search, which adds what it finds (`Found`) as the field `as`; approximate or exact if it supports both. */
  part(options: { as: string; search: SearchKind }): Part;
  /** Opens what explains its scores; absent if they are not sums. */
  explain?(options: ExplainerOptions): Promise<Explainer>;
}

/** What sources need of a text: computed once for all sources that need the same. */
export interface Need extends Part {
  /** Identifies the need; differs for another model. */
  readonly model: string;
  /** What must be computed first. */
  readonly needs: readonly Need[];
}
