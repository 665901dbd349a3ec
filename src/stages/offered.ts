/** What the builders of sources take and give. */
import type { SourceSpec } from '../sources/spec.js';
import type { DataFiles } from './data-files.js';
import type { HeldBack } from './hold-back.js';
import type { ClassifierOptions, ResourceOptions, SourceOptions } from './options.js';
import type { Paths } from './stage.js';

export interface OfferOptions {
  sources: SourceOptions;
  classifiers: ClassifierOptions;
  resources: ResourceOptions;
}

/** Texts that a source is trained on. */
export interface TrainingTexts {
  data: DataFiles;
  /** Rows of the texts. */
  rows: string;
  /** The ranker that the other texts with labels are held back for. */
  heldBack: HeldBack;
}

/** What sources are built from. */
export interface Texts extends TrainingTexts {
  /** Rows of the texts that are held back; those of all if there is no ranker. */
  held: string;
  /** Base name of the labels of all training texts; none unless a source is built from them. */
  positives: string | undefined;
}

/** Sources as the ranker is fitted with them, and the outputs that they were built from. */
export interface Offered {
  sources: readonly SourceSpec[];
  built: Paths;
}

/** The labels of all training texts, for a source that is built from them. @throws RangeError if nobody has copied them. */
export function copied(positives: string | undefined): string {
  if (positives === undefined) throw new RangeError('labels of texts: were not copied');
  return positives;
}
