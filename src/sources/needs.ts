/** What sources may need of a text: tokens, embeddings, features. */
import { embed } from '../../operators/embed.js';
import { tokenize } from '../../operators/tokenize.js';
import { weighTerms } from '../../operators/weigh-terms.js';
import { readConfig } from '../encode/model-folder.js';
import type { TermKind } from '../sparse/terms.js';
import type { Need } from './source.js';

/** Token ids, by a model's tokenizer. */
export const tokens = (model: string): Need => ({
  field: 'tokens',
  model,
  needs: [],
  operator: ({ threads, ahead }) =>
    tokenize({ tokenizer: model, maxLength: readConfig(model).maxLength, threads, ahead }),
  open: async () => {
    const { openTokenizer } = await import('../encode/tokenizer.js');
    const tokenizer = openTokenizer({ tokenizer: model, maxLength: readConfig(model).maxLength });
    return {
      make: ({ columns }) => tokenizer(columns.text),
      [Symbol.dispose]: () => undefined,
    };
  },
});

/** Embeddings, by a model. */
export const embeddings = (model: string): Need => ({
  field: 'embeddings',
  model,
  needs: [tokens(model)],
  operator: ({ threads, ahead }) => embed({ model, threads, ahead }),
  open: async ({ threads }) => {
    const { Embedder } = await import('../encode/embedder.js');
    const embedder = new Embedder({ model, threads });
    return {
      make: ({ tokens }) => embedder.embed(tokens),
      [Symbol.asyncDispose]: () => embedder[Symbol.asyncDispose](),
    };
  },
});

/** TF-IDF weights of some kinds of terms; `base` is the base name of the features. */
export const features = (base: string, kinds: readonly TermKind[]): Need => ({
  field: 'features',
  model: `${base} ${kinds.join()}`,
  needs: [],
  operator: ({ threads, ahead }) => weighTerms({ base, kinds, threads, ahead }),
  open: async () => {
    const { openTfIdf } = await import('../sparse/tf-idf.js');
    const tfIdf = openTfIdf({ base, kinds });
    return {
      make: ({ columns }) => tfIdf.weigh(columns.text),
      [Symbol.dispose]: () => undefined,
    };
  },
});
