import type { SearchKind } from '../search/choose.js';
import type { Part } from './part.js';
import type { SourceSpec } from './spec.js';

/** Who finds labels for texts: one of a run's. Its files are absolute paths. */
export interface LabelSource extends SourceSpec {
  /** What it needs of a text beside the text. */
  readonly needs: readonly Need[];
  /** The search, which adds what it finds (`Found`) as the field `as`; approximate or exact where there is the choice. */
  part(options: { as: string; search: SearchKind }): Part;
}

/** What sources need of a text: made once for all that need the same. */
export interface Need extends Part {
  /** Tells it from what another model would make. */
  readonly model: string;
  /** What must be made before. */
  readonly needs: readonly Need[];
}
