/** Label vectors: labels are found by the inner product with the text's embedding, exactly or by an index. */
import * as z from 'zod';
import { search as searchOperator } from '../../operators/search.js';
import { checkJson } from '../files/read-json.js';
import { MEMORY } from '../search/shortlist.js';
import { indexFor } from '../search/choose.js';
import { explainVectors } from './explain-vectors.js';
import { embeddings } from './needs.js';
import { erased, type Prepared } from './part.js';
import type { LabelSource } from './source.js';
import type { SourceSpec } from './spec.js';

const Files = z.object({
  /** Folder of the model that embeds the texts. */
  model: z.string(),
  /** A float32 `.npy`, one row of unit length per label. */
  labels: z.string(),
  /** Path of their index, which `dexa index` builds. */
  index: z.string(),
});

export interface VectorsSource extends LabelSource {
  readonly files: z.infer<typeof Files>;
}

/** @throws InputError if the name of a file is missing. */
export function vectors(spec: SourceSpec): VectorsSource {
  const files = checkJson(`source ${spec.name}`, z.object({ files: Files }), spec).files;
  const { model, labels, index } = files;
  return {
    ...spec,
    files,
    indexable: { of: 'label', model, vectors: labels, index },
    needs: [embeddings(model)],
    explain: () => explainVectors({ model, labels }),
    part: ({ as, search }) => {
      const searched = () => ({ labels, index: indexFor(search, index) });
      return {
        field: as,
        operator: (options) => erased(searchOperator<Prepared, string>({ ...searched(), ...options, as })),
        open: async ({ threads }) => {
          const { openSearcher } = await import('../search/searcher.js');
          const searcher = openSearcher({ ...searched(), threads, memory: MEMORY });
          return {
            make: ({ embeddings, excluded }, k) => searcher.search(embeddings, k, excluded),
            [Symbol.asyncDispose]: () => searcher[Symbol.asyncDispose](),
          };
        },
      };
    },
  };
}

export const isVectors = (source: LabelSource): source is VectorsSource => source.kind === 'vectors';
