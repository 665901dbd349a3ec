/** Builds the sources that find labels by the words of a text. They are left out, with one line, where there are no words. */
import { NAME_TERMS } from '../sources/names.js';
import { NAMES, WORD_NEIGHBOURS } from '../sources/published.js';
import type { SourceSpec } from '../sources/spec.js';
import { NEIGHBOUR_TERMS } from '../sources/word-neighbours.js';
import { copyTextLabels } from './copy-text-labels.js';
import { countFeatures } from './count-features.js';
import type { DataFiles } from './data-files.js';
import { indexTerms } from './index-terms.js';
import type { Steps } from './system.js';
import { weighTexts } from './weigh-texts.js';

/**
 * Minimum document frequencies of the features that all sources by words share. A word of one document alone still counts in the
 * length of its row.
 */
export const LEAST = { word: 1, bigram: 2, characters: 2 };

export interface OfferSparse {
  data: DataFiles;
  /** Base name of the features; see `countFeatures`. */
  features: string;
}

/** Offers labels whose texts share words with the text. Returns whether it did. */
export const offerNames = (
  steps: Steps,
  given: OfferSparse,
  options: { threads: number },
): Promise<boolean> =>
  offerIndex(steps, given, { source: NAMES, of: 'labels', kinds: NAME_TERMS, ...options });

/** Offers the labels of training texts that share words with the text. Returns whether it did. */
export async function offerWordNeighbours(
  steps: Steps,
  given: OfferSparse,
  options: { threads: number },
): Promise<boolean> {
  await steps.do(copyTextLabels(), { data: given.data });
  return offerIndex(steps, given, {
    source: WORD_NEIGHBOURS,
    of: 'texts',
    kinds: NEIGHBOUR_TERMS,
    ...options,
  });
}

async function offerIndex(
  steps: Steps,
  { data, features }: OfferSparse,
  { source, of, kinds, threads }: { source: SourceSpec } & Parameters<typeof weighTexts>[0],
): Promise<boolean> {
  const weighed = await steps.do(weighTexts({ of, kinds, threads }), { data, features });
  const stage = indexTerms({ of, kinds });
  await steps.do(stage, { ...weighed, features });
  await steps.remove(weighed);
  if (steps.result(stage.name)?.['postings'] === 0) {
    steps.note(`source ${source.name} is left out: the ${of} have no words`);
    return false;
  }
  await steps.offer({ source });
  return true;
}

/** The features of all sources by words, counted once. */
export const featuresOf = (steps: Steps, data: DataFiles, { threads }: { threads: number }) =>
  steps.do(countFeatures({ least: LEAST, threads }), { data });
