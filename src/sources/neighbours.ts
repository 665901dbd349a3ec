/** The labels of similar training texts, by their votes; texts are similar by the inner product of their embeddings. */
import * as z from 'zod';
import { search as searchOperator } from '../../operators/search.js';
import { checkJson } from '../files/read-json.js';
import { MEMORY } from '../search/shortlist.js';
import { indexFor, type SearchKind } from '../search/choose.js';
import { explainVotes } from './explain-votes.js';
import { embeddings } from './needs.js';
import { erased, type Part, type Prepared } from './part.js';
import type { LabelSource } from './source.js';
import type { SourceSpec } from './spec.js';
import { votingPart } from './voting-part.js';

const Files = z.object({
  /** Folder of the model that embeds the texts. */
  model: z.string(),
  /** A float32 `.npy`, one row of unit length per training text. */
  texts: z.string(),
  /** Base name of their labels. */
  labels: z.string(),
  /** Path of the index of the texts, which `dexa index` builds. */
  index: z.string(),
});

/** Neighbours that vote, and the temperature of their weights; not tuned yet. */
const VOTING = { voters: 50, temperature: 0.1 };

/** @throws InputError if the name of a file is missing. */
export function neighbours(spec: SourceSpec): LabelSource {
  const files = checkJson(`source ${spec.name}`, z.object({ files: Files }), spec).files;
  const { model, texts, labels, index } = files;
  return {
    ...spec,
    indexable: { of: 'text', model, vectors: texts, index },
    needs: [embeddings(model)],
    explain: ({ search, threads }) =>
      explainVotes({ labels, voting: VOTING, search: nearest(files, search) }, { threads }),
    part: ({ as, search }) => votingPart({ as, labels, voting: VOTING, search: nearest(files, search) }),
  };
}

/** The training texts with the nearest embeddings, as the field `nearest`. */
const nearest = ({ texts, index }: z.infer<typeof Files>, search: SearchKind): Part => {
  const searched = () => ({ labels: texts, index: indexFor(search, index) });
  const as = 'nearest';
  return {
    field: as,
    operator: (options) =>
      erased(searchOperator<Prepared, typeof as>({ ...searched(), ...options, as, excluding: false })),
    open: async ({ threads }) => {
      const { openSearcher } = await import('../search/searcher.js');
      const searcher = openSearcher({ ...searched(), threads, memory: MEMORY });
      return {
        make: ({ embeddings }, k) => searcher.search(embeddings, k),
        [Symbol.asyncDispose]: () => searcher[Symbol.asyncDispose](),
      };
    },
  };
};
