/** The labels whose texts share words with a text, by the cosine of their TF-IDF features. */
import * as z from 'zod';
import { checkJson } from '../files/read-json.js';
import type { TermKind } from '../sparse/terms.js';
import { explainNames } from './explain-names.js';
import { features } from './needs.js';
import { sparsePart } from './sparse-part.js';
import type { LabelSource } from './source.js';
import type { SourceSpec } from './spec.js';

const Files = z.object({
  /** Base name of the features. */
  features: z.string(),
  /** Base name of the inverted index of the label texts. */
  index: z.string(),
});

/** Terms of texts and label texts: parts of words are worth most where labels are few words. */
export const NAME_TERMS: readonly TermKind[] = ['word', 'characters'];

/** @throws InputError if the name of a file is missing. */
export function names(spec: SourceSpec): LabelSource {
  const files = checkJson(`source ${spec.name}`, z.object({ files: Files }), spec).files;
  return {
    ...spec,
    needs: [features(files.features, NAME_TERMS)],
    explain: () => explainNames({ ...files, kinds: NAME_TERMS }),
    part: ({ as }) => sparsePart({ index: files.index, as }),
  };
}
