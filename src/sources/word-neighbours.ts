/** The labels of the training texts that share words with a text, by votes; texts are similar by the cosine of TF-IDF features. */
import * as z from 'zod';
import { checkJson } from '../files/read-json.js';
import type { TermKind } from '../sparse/terms.js';
import { explainVotes } from './explain-votes.js';
import { features } from './needs.js';
import { sparsePart } from './sparse-part.js';
import type { LabelSource } from './source.js';
import type { SourceSpec } from './spec.js';
import { votingPart } from './voting-part.js';

const Files = z.object({
  /** Base name of the features. */
  features: z.string(),
  /** Base name of the inverted index of the training texts. */
  index: z.string(),
  /** Base name of their labels. */
  labels: z.string(),
});

/** Terms of texts: pairs of words make neighbours of texts that share a phrase and little else. */
export const NEIGHBOUR_TERMS: readonly TermKind[] = ['word'];

/** Chosen on splits of the training texts of several sets. */
const VOTING = { voters: 100, power: 2 };

/** @throws InputError if the name of a file is missing. */
export function wordNeighbours(spec: SourceSpec): LabelSource {
  const files = checkJson(`source ${spec.name}`, z.object({ files: Files }), spec).files;
  const { index, labels } = files;
  const search = sparsePart({ index, as: 'nearest', excluding: false });
  return {
    ...spec,
    needs: [features(files.features, NEIGHBOUR_TERMS)],
    explain: (options) => explainVotes({ labels, voting: VOTING, search }, options),
    part: ({ as }) => votingPart({ as, labels, voting: VOTING, search }),
  };
}
