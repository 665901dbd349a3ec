/** The configuration files of a Hugging Face folder: BERT or DistilBERT, optionally with a pooling. */
import { join } from 'node:path';
import * as z from 'zod';
import { checkJson, readJson } from '../../files/read-json.js';
import { InputError } from '../../errors.js';
import type { BertConfig } from '../../model/encoders/bert-parameters.js';
import { checkCase, checkPrompts, readLength, readPooling } from './modules.js';
import { checkAdapter, checkArguments, checkTruncation } from './refused.js';
import { checkVocabulary } from './vocabulary.js';

/** The configuration of an encoder, before the prefix of its parameter names is known. */
export interface HuggingFaceConfig {
  bert: Omit<BertConfig, 'prefix'>;
  /** Rows of the token table. */
  vocabulary: number;
  /** Standard deviation of random initial weights. */
  deviation: number;
  /** Maximum number of tokens of a text; the rest is cut off. */
  maxLength: number;
}

/** Upper bound of `maxLength`. */
export const MOST_TOKENS = 512;

/** Upper bound of sizes, above that of any real model, because a configuration's sizes are allocated. */
const LARGEST = 2 ** 20;
const size = (initial: number) => z.int().min(1).max(LARGEST).default(initial);
const layers = (initial: number) => z.int().min(1).max(1024).default(initial);
const share = z.number().min(0).lt(1).default(0.1);
/** Fields of both kinds of `config.json`. */
const common = {
  vocab_size: size(30_522),
  max_position_embeddings: size(512),
  position_embedding_type: z.literal('absolute').nullish(), // null means the same
  is_decoder: z.literal(false).nullish(),
  add_cross_attention: z.literal(false).nullish(),
  initializer_range: z.number().min(0).default(0.02),
};

// Defaults are those of Hugging Face's configuration classes.
const Bert = z.object({
  ...common,
  model_type: z.literal('bert'),
  hidden_size: size(768),
  num_hidden_layers: layers(12),
  num_attention_heads: size(12),
  intermediate_size: size(3072),
  hidden_act: z.literal('gelu').default('gelu'),
  layer_norm_eps: z.number().positive().default(1e-12),
  type_vocab_size: size(2),
  hidden_dropout_prob: share,
  attention_probs_dropout_prob: share,
});
const DistilBert = z.object({
  ...common,
  model_type: z.literal('distilbert'),
  dim: size(768),
  n_layers: layers(6),
  n_heads: size(12),
  hidden_dim: size(3072),
  activation: z.literal('gelu').default('gelu'),
  dropout: share,
  attention_dropout: share,
});
const Config = z.discriminatedUnion('model_type', [Bert, DistilBert]);
const Kind = z.object({ model_type: z.string() });

const SHIFTED = ['roberta', 'xlm-roberta', 'camembert'];

/** @throws InputError if a file is missing or malformed, or asks for something that is not supported. */
export function readHuggingFaceConfig(folder: string): HuggingFaceConfig {
  const path = join(folder, 'config.json');
  const json = readJson(path);
  const { model_type: kind } = checkJson(path, Kind, json);
  if (kind !== 'bert' && kind !== 'distilbert') {
    const why = SHIFTED.includes(kind) ? 'position offsets are not supported' : 'not supported';
    throw new InputError(`${path}: model_type ${kind}: ${why}; expected bert or distilbert`);
  }
  const config = checkJson(path, Config, json);
  const own = config.model_type === 'bert' ? ofBert(config) : ofDistilBert(config);
  if (own.dim % own.heads !== 0)
    throw new InputError(`${path}: ${own.heads} attention heads do not divide ${own.dim} dimensions`);
  checkAdapter(folder);
  checkArguments(folder);
  checkTruncation(folder);
  checkPrompts(folder);
  checkCase(folder);
  checkVocabulary(folder, config.vocab_size);
  return {
    bert: { ...own, positions: config.max_position_embeddings, pooling: readPooling(folder) },
    vocabulary: config.vocab_size,
    deviation: config.initializer_range,
    maxLength: Math.min(
      readLength(folder, config.max_position_embeddings) ?? config.max_position_embeddings,
      MOST_TOKENS,
    ),
  };
}

type Own = Omit<BertConfig, 'prefix' | 'positions' | 'pooling'>;

const ofBert = (config: z.output<typeof Bert>): Own => ({
  family: 'bert',
  dim: config.hidden_size,
  layers: config.num_hidden_layers,
  heads: config.num_attention_heads,
  inner: config.intermediate_size,
  types: config.type_vocab_size,
  epsilon: config.layer_norm_eps,
  dropout: config.hidden_dropout_prob,
  attentionDropout: config.attention_probs_dropout_prob,
});

const ofDistilBert = (config: z.output<typeof DistilBert>): Own => ({
  family: 'distilbert',
  dim: config.dim,
  layers: config.n_layers,
  heads: config.n_heads,
  inner: config.hidden_dim,
  types: 0,
  epsilon: 1e-12,
  dropout: config.dropout,
  attentionDropout: config.attention_dropout,
});
