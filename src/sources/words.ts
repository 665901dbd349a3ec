/** Words: a sparse linear classifier per label in a tree over labels, found by a search level by level. */
import * as z from 'zod';
import { searchTree } from '../../operators/search-tree.js';
import { checkJson } from '../files/read-json.js';
import { explainWords } from './explain-words.js';
import { features } from './needs.js';
import { erased, type Prepared } from './part.js';
import type { LabelSource } from './source.js';
import type { SourceSpec } from './spec.js';

/** Kinds of terms that the classifiers are trained on. */
export const WORD_KINDS = ['word', 'bigram', 'characters'] as const;

export const WORDS = {
  name: 'words',
  kind: 'words',
  files: { features: 'features', tree: 'label-tree', weights: 'words-weights' },
  scale: 'log-probability',
} as const satisfies SourceSpec;

/** Base names of the features, of the tree and of its weights. */
const Files = z.object({ features: z.string(), tree: z.string(), weights: z.string() });

/** @throws InputError if the name of a file is missing. */
export function words(spec: SourceSpec): LabelSource {
  const {
    features: base,
    tree,
    weights,
  } = checkJson(`source ${spec.name}`, z.object({ files: Files }), spec).files;
  return {
    ...spec,
    needs: [features(base, WORD_KINDS)],
    explain: () => explainWords({ features: base, kinds: WORD_KINDS, tree, weights }),
    part: ({ as }) => ({
      field: as,
      operator: (options) => erased(searchTree<Prepared, string>({ tree, weights, ...options, as })),
      open: async () => {
        const { openTree } = await import('../label-tree/open-tree.js');
        const opened = openTree({ tree, weights });
        return {
          make: ({ features, excluded }, k) => opened.search(features, k, excluded),
          [Symbol.dispose]: () => {
            opened[Symbol.dispose]();
          },
        };
      },
    }),
  };
}
