/** Hugging Face folders of random encoders, small enough for a test. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bertShapes, WORDS, type BertConfig } from '../src/model/encoders/bert-parameters.js';
import { Random } from '../src/random.js';
import { writeSafetensors, type OpaqueTensor, type Tensors } from '../src/formats/safetensors.js';

const WORDPIECES =
  `[PAD] [UNK] [CLS] [SEP] [MASK] river mountain engine music bread winter garden metal paper horse
  window letter ocean forest doctor school market bridge candle mirror a ##s ##er`.split(/\s+/);
export const VOCABULARY = WORDPIECES.length;

export const TINY = {
  bert: {
    model_type: 'bert',
    hidden_size: 16,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    intermediate_size: 32,
    max_position_embeddings: 24,
    vocab_size: VOCABULARY,
  },
  distilbert: {
    model_type: 'distilbert',
    dim: 16,
    n_layers: 2,
    n_heads: 2,
    hidden_dim: 24,
    max_position_embeddings: 24,
    vocab_size: VOCABULARY,
  },
} as const;
export type Family = keyof typeof TINY;

const SHAPES: Record<Family, Omit<BertConfig, 'prefix'>> = {
  bert: shapesOf('bert', { layers: 2, inner: 32, types: 2 }),
  distilbert: shapesOf('distilbert', { layers: 2, inner: 24, types: 0 }),
};

function shapesOf(family: Family, own: { layers: number; inner: number; types: number }) {
  const rest = { heads: 1, positions: 24, epsilon: 1e-12, dropout: 0, attentionDropout: 0 };
  return { family, dim: 16, pooling: 'mean' as const, ...own, ...rest };
}

/** Random tensors of a family, under names that begin with `prefix`. */
export function tinyTensors(family: Family, prefix = ''): Tensors {
  const random = Random.of(5, family);
  const shapes = { [WORDS]: [VOCABULARY, 16], ...bertShapes(SHAPES[family]) };
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
      const centre = /norm.*weight/i.test(name) ? 1 : 0;
      data.forEach((_x, i) => (data[i] = centre + 0.6 * (random.next() - 0.5)));
      return [prefix + name, { shape, data }];
    }),
  );
}

const token = (content: string, id: number) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

const TOKENIZER = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: WORDPIECES.slice(0, 5).map(token),
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
    ],
    pair: [],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
    },
  },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(WORDPIECES.map((piece, id) => [piece, id])),
  },
};

/** The `tokenizer.json` with another normalizer, and other fields. */
export const tinyTokenizer = (normalizer: { lowercase: boolean }, fields: object = {}) => ({
  ...TOKENIZER,
  ...fields,
  normalizer: { ...TOKENIZER.normalizer, ...normalizer },
});

export interface TinyBertOptions {
  family?: Family;
  /** Fields of `config.json` in addition to the tiny ones. */
  config?: object;
  /** Default: random ones. `null` for a folder without weights. */
  tensors?: Readonly<Record<string, Tensors[string] | OpaqueTensor>> | null;
  /** Additional files, by path, as JSON. */
  files?: Record<string, unknown>;
}

/** Writes the folder and returns its path. */
export function tinyBert(
  folder: string,
  { family = 'bert', config = {}, tensors = tinyTensors(family), files = {} }: TinyBertOptions = {},
): string {
  const tokenizerClass = family === 'bert' ? 'BertTokenizer' : 'DistilBertTokenizer';
  const all = {
    'config.json': { ...TINY[family], ...config },
    'tokenizer.json': TOKENIZER,
    'tokenizer_config.json': {
      tokenizer_class: tokenizerClass,
      do_lower_case: true,
      model_max_length: 512,
      pad_token: '[PAD]',
      unk_token: '[UNK]',
      cls_token: '[CLS]',
      sep_token: '[SEP]',
      mask_token: '[MASK]',
    },
    ...files,
  };
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), JSON.stringify(content));
  }
  writeFileSync(join(folder, 'vocab.txt'), WORDPIECES.map((piece) => `${piece}\n`).join(''));
  if (tensors) writeSafetensors(join(folder, 'model.safetensors'), tensors);
  return folder;
}
