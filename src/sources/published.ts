/** The sources and the ranker that DEXA and NGAME leave in a run. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors.js';
import type { RankerSpec } from '../ranker/ranker.js';
import type { RunSources, SourceSpec } from './spec.js';

/** Label embeddings, by the encoder that also embeds the texts. */
export const ENCODER = {
  name: 'encoder',
  kind: 'vectors',
  files: { model: 'model', labels: 'label-embeddings.npy', index: 'label-embeddings.usearch' },
  scale: 'cosine',
} satisfies SourceSpec;

/** One classifier of unit length per label, applied to the same embeddings of the texts. */
export const CLASSIFIER = {
  name: 'classifier',
  kind: 'vectors',
  files: { model: 'model', labels: 'classifiers.npy', index: 'classifiers.usearch' },
  scale: 'cosine',
} satisfies SourceSpec;

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
} satisfies SourceSpec;

/** Label texts that share words with the text. */
export const NAMES = {
  name: 'names',
  kind: 'names',
  files: { features: 'features', index: 'names' },
  scale: 'cosine',
} satisfies SourceSpec;

/** Labels of the training texts that share words with the text. */
export const WORD_NEIGHBOURS = {
  name: 'word-neighbours',
  kind: 'word-neighbours',
  files: { features: 'features', index: 'word-neighbours', labels: 'word-neighbour-labels' },
  scale: 'share',
} satisfies SourceSpec;

/** Fuses both scores, as published in NGAME. */
export const FUSION = {
  kind: 'published',
  files: { fusion: 'fusion.json', inversePropensity: 'inverse-propensity.npy' },
} satisfies RankerSpec;

/** The sources of a run without a manifest, from its files. @throws InputError if it has no trained model. */
export function sourcesIn(folder: string): RunSources {
  const has = (file: string): boolean => existsSync(join(folder, file));
  if (!has(ENCODER.files.model))
    throw new InputError(`${join(folder, ENCODER.files.model)}: not found; ${folder} is not a finished run`);
  const sources = has(CLASSIFIER.files.labels) ? [ENCODER, CLASSIFIER] : [ENCODER];
  return { sources, ...(has(FUSION.files.fusion) && { ranker: FUSION }) };
}
