/** What sources may need of a text: tokens, embeddings. */
import { embed } from '../../operators/embed.js';
import { tokenize } from '../../operators/tokenize.js';
import { readConfig } from '../encode/model-folder.js';
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
      [Symbol.asyncDispose]: () => Promise.resolve(),
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
