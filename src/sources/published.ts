/** The sources and the ranker that DEXA and NGAME leave in a run. */
import { join } from 'node:path';
import { InputError } from '../errors.js';
import { DIGESTS_FILE } from '../files/file-record.js';
import { isThere } from '../files/is-there.js';
import type { RankerSpec } from '../ranker/ranker.js';
import type { RunSources, SourceSpec } from './spec.js';

/** Label embeddings, by the encoder that also embeds the texts. */
export const ENCODER = {
  name: 'encoder',
  kind: 'vectors',
  files: { model: 'model', labels: 'label-embeddings.npy', index: 'label-embeddings.usearch' },
  scale: 'cosine',
} as const satisfies SourceSpec;

/** One classifier of unit length per label, applied to the same embeddings of the texts. */
export const CLASSIFIER = {
  name: 'classifier',
  kind: 'vectors',
  files: { model: 'model', labels: 'classifiers.npy', index: 'classifiers.usearch' },
  scale: 'cosine',
} as const satisfies SourceSpec;

/** Labels of the training texts nearest by the encoder's embeddings. */
export const NEIGHBOURS = {
  name: 'neighbours',
  kind: 'neighbours',
  files: {
    model: 'model',
    texts: 'text-embeddings.npy',
    labels: 'text-labels',
    index: 'text-embeddings.usearch',
  },
  scale: 'share',
} as const satisfies SourceSpec;

/** Label texts that share words with the text. */
export const NAMES = {
  name: 'names',
  kind: 'names',
  files: { features: 'features', index: 'names' },
  scale: 'cosine',
} as const satisfies SourceSpec;

/** Labels of the training texts that share words with the text. */
export const WORD_NEIGHBOURS = {
  name: 'word-neighbours',
  kind: 'word-neighbours',
  files: { features: 'features', index: 'word-neighbours', labels: 'text-labels' },
  scale: 'share',
} as const satisfies SourceSpec;

/** Fuses both scores, as published in NGAME. */
export const FUSION = {
  kind: 'published',
  files: { fusion: 'fusion.json', inversePropensity: 'inverse-propensity.npy' },
} satisfies RankerSpec;

/** Boosted trees over all sources. */
export const BOOSTED = {
  kind: 'boosted',
  files: { model: 'ranker.json', frequency: 'label-frequency.npy' },
} satisfies RankerSpec;

/** What runs had only after they had manifests. */
const LATER = [DIGESTS_FILE, BOOSTED.files.model, NEIGHBOURS.files.texts, NAMES.files.features];

/** A folder without a manifest is a run of an earlier version. @throws InputError if it has what no such run had. */
export function checkEarlier(folder: string): void {
  const later = LATER.find((file) => isThere(join(folder, file)));
  if (later !== undefined)
    throw new InputError(
      `${join(folder, 'manifest.json')}: not found, but ${folder} contains ${later}: it was lost`,
    );
}

/** The sources of a run of a version without manifests, from its files. @throws InputError if it is no such run. */
export function sourcesIn(folder: string): RunSources {
  checkEarlier(folder);
  const has = (file: string): boolean => isThere(join(folder, file));
  if (!has(ENCODER.files.model))
    throw new InputError(`${join(folder, ENCODER.files.model)}: not found; ${folder} is not a finished run`);
  const sources = has(CLASSIFIER.files.labels) ? [ENCODER, CLASSIFIER] : [ENCODER];
  return { sources, ...(has(FUSION.files.fusion) && { ranker: FUSION }) };
}
