import type { Dataset } from '../store/dataset.js';

/** A data set, and what is to be told of its import. */
export interface Imported {
  dataset: Dataset;
  /** Number of blank texts in train and test, which are kept. */
  emptyTexts: number;
  /** Number of labels with a blank text, which are kept. */
  emptyLabels: number;
  /** Number of texts in train and test without any label, which are kept. */
  unlabelled: number;
  /** Number of bad rows, which were treated as empty, and the reasons of the first ten. */
  bad: { count: number; reasons: string[] };
  /** Number of labels that a text named again, which count once. */
  repeats: number;
  /** Where labels are known by names: how many labels occur once, and how many test texts are training texts too. */
  doubtful?: { once: number; shared: number };
}

/** Number of blank texts. */
export const blanks = (texts: readonly string[]): number => texts.filter((text) => text.trim() === '').length;
