/** The labels of similar training texts, by their votes; texts are similar by the inner product of their embeddings. */
import * as z from 'zod';
import { search as searchOperator } from '../../operators/search.js';
import { vote } from '../../operators/vote.js';
import { checkJson } from '../files/read-json.js';
import { MEMORY } from '../search/shortlist.js';
import { indexFor, type SearchKind } from '../search/choose.js';
import type { Found } from '../search/found.js';
import { votes } from '../search/votes.js';
import { RaggedReader } from '../store/ragged.js';
import { chain } from '../stream/chain.js';
import { closeAll } from '../stream/run.js';
import type { Explainer, ExplainerOptions } from './explainer.js';
import { explainVotes } from './explain-votes.js';
import { embeddings } from './needs.js';
import { erased, type Prepared } from './part.js';
import type { LabelSource } from './source.js';
import type { SourceSpec } from './spec.js';

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
const VOTERS = 50;
const TEMPERATURE = 0.1;
const VOTING = { voters: VOTERS, temperature: TEMPERATURE };

type SearchedBy = (search: SearchKind) => { labels: string; index: string | undefined };

/** @throws InputError if the name of a file is missing. */
export function neighbours(spec: SourceSpec): LabelSource {
  const files = checkJson(`source ${spec.name}`, z.object({ files: Files }), spec).files;
  const { model, texts, labels, index } = files;
  const searchedBy: SearchedBy = (search) => ({ labels: texts, index: indexFor(search, index) });
  return {
    ...spec,
    indexable: { of: 'text', model, vectors: texts, index },
    needs: [embeddings(model)],
    explain: (options) => explain(labels, searchedBy(options.search), options),
    part: ({ as, search }) => {
      const searched = () => searchedBy(search);
      return {
        field: as,
        operator: ({ k, ...options }) =>
          erased(
            chain(
              searchOperator<Prepared, 'neighbours'>({
                ...searched(),
                ...options,
                as: 'neighbours',
                excluding: false,
                k: VOTERS + 1,
              }),
              vote<Prepared & { neighbours: Found }, string>({ labels, as, k, ...VOTING }),
            ),
          ),
        open: async ({ threads }) => {
          const { openSearcher } = await import('../search/searcher.js');
          const searcher = openSearcher({ ...searched(), threads, memory: MEMORY });
          const lists = new RaggedReader(labels);
          const labelsOf = (rows: Int32Array) => lists.gather(rows);
          return {
            make: async ({ embeddings, own, excluded }, k) => {
              const neighbours = await searcher.search(embeddings, VOTERS + 1);
              return votes({ neighbours, labelsOf, own, excluded }, { k, ...VOTING });
            },
            [Symbol.asyncDispose]: () => closeAll([searcher, lists]),
          };
        },
      };
    },
  };
}

async function explain(
  labels: string,
  searched: ReturnType<SearchedBy>,
  { threads }: ExplainerOptions,
): Promise<Explainer> {
  const { openSearcher } = await import('../search/searcher.js');
  const searcher = openSearcher({ ...searched, threads });
  const find = ({ embeddings }: Prepared, k: number) => searcher.search(embeddings, k);
  return explainVotes({ labels, ...VOTING }, searcher, find);
}
