/** What the builders of sources take and give. */
import type { SourceSpec } from '../sources/spec.js';
import type { DataFiles } from './data-files.js';
import type { ClassifierOptions, ResourceOptions, SourceOptions } from './options.js';
import type { Paths } from './stage.js';

export interface OfferOptions {
  sources: SourceOptions;
  classifiers: ClassifierOptions;
  resources: ResourceOptions;
}

/** What sources are built from. */
export interface Texts {
  data: DataFiles;
  /** Rows of the texts to train on, and of those to fit the ranker to; the same if there is no ranker. */
  rows: string;
  held: string;
  /** Whether the ranker's texts are held back from training. */
  heldBack: boolean;
  /** Base name of the labels of all training texts. */
  positives: string;
}

/** Sources as the ranker is fitted with them, and the outputs that they were built from. */
export interface Offered {
  sources: readonly SourceSpec[];
  built: Paths;
}
