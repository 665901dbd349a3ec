/**
 * Folders as sentence-transformers writes them, tiny and random. Run as a program it writes them all to a folder, for
 * `test/fixtures/sentence-transformers.py`, which writes the vectors of the original library.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tinyBert, tinyTokenizer, type TinyBertOptions } from '../tiny-bert.js';

const modules = (...kinds: readonly (readonly [kind: string, path: string])[]) =>
  kinds.map(([kind, path], idx) => ({
    idx,
    name: String(idx),
    path,
    type: `sentence_transformers.models.${kind}`,
  }));
const plain = modules(['Transformer', ''], ['Pooling', '1_Pooling']);
const flags = (mode: string) => ({
  word_embedding_dimension: 16,
  ...Object.fromEntries(
    ['cls_token', 'mean_tokens', 'max_tokens', 'mean_sqrt_len_tokens'].map((each) => [
      `pooling_mode_${each}`,
      each === mode,
    ]),
  ),
});
const named = (mode: unknown) => ({ embedding_dimension: 16, pooling_mode: mode, include_prompt: true });
const pooled = (pooling: object, more: Record<string, unknown> = {}): TinyBertOptions => ({
  files: { 'modules.json': plain, '1_Pooling/config.json': pooling, ...more },
});

/** By name: the folder, and what is refused of it; without a message its vectors are those of the library. */
export const SHAPES: Readonly<Record<string, TinyBertOptions & { refused?: RegExp }>> = {
  'flags of versions before 5.4: mean': pooled(flags('mean_tokens')),
  'flags of versions before 5.4: cls': pooled(flags('cls_token')),
  'a mode of 5.4: mean': pooled(named('mean')),
  'a mode of 5.4: cls': pooled(named('cls')),
  'a list of one mode': pooled(named(['cls'])),
  'a mode beside flags, which it replaces': pooled({ ...flags('mean_tokens'), ...named('cls') }),
  'no mode': pooled({ embedding_dimension: 16 }),
  'a pooling in another folder': {
    files: {
      'modules.json': modules(['Transformer', ''], ['Pooling', 'pool']),
      'pool/config.json': named('cls'),
      '1_Pooling/config.json': named('mean'),
    },
  },
  Normalize: {
    files: {
      'modules.json': modules(['Transformer', ''], ['Pooling', '1_Pooling'], ['Normalize', '2_Normalize']),
      '1_Pooling/config.json': named('mean'),
      '2_Normalize/config.json': {},
    },
  },
  'no modules': {},
  'a length': pooled(named('mean'), {
    'sentence_bert_config.json': { max_seq_length: 5, do_lower_case: false },
  }),
  'a length by the name of DistilBERT': {
    family: 'distilbert',
    ...pooled(flags('mean_tokens'), { 'sentence_distilbert_config.json': { max_seq_length: 5 } }),
  },
  'a length of the tokenizer': pooled(named('mean'), {
    'tokenizer_config.json': { tokenizer_class: 'BertTokenizer', model_max_length: 6 },
  }),
  'positions of no type': {
    ...pooled(named('mean')),
    config: { position_embedding_type: null, is_decoder: false },
  },
  'lower case, twice': pooled(named('mean'), { 'sentence_bert_config.json': { do_lower_case: true } }),
  'a prompt that is not the default': pooled(named('mean'), {
    'config_sentence_transformers.json': { prompts: { query: 'river ' }, default_prompt_name: null },
  }),
  'lower case that the tokenizer does not make': {
    ...pooled(named('mean'), {
      'tokenizer.json': tinyTokenizer({ lowercase: false }),
      'tokenizer_config.json': { tokenizer_class: 'BertTokenizer', do_lower_case: false },
      'sentence_bert_config.json': { do_lower_case: true },
    }),
    refused: /sentence_bert_config.json: do_lower_case: not supported/,
  },
  'a case that the files disagree on': {
    ...pooled(named('mean'), { 'tokenizer.json': tinyTokenizer({ lowercase: false }) }),
    refused: /tokenizer_config.json: do_lower_case true: the normalizer of tokenizer.json does the opposite/,
  },
  'a default prompt': {
    ...pooled(named('mean'), {
      'config_sentence_transformers.json': { prompts: { query: 'river ' }, default_prompt_name: 'query' },
    }),
    refused: /config_sentence_transformers.json: default_prompt_name "query" puts "river " before each text/,
  },
  'a decoder': {
    ...pooled(named('mean')),
    config: { is_decoder: true },
    refused: /config.json: is_decoder: .*got true/,
  },
  'the longest values': { ...pooled(flags('max_tokens')), refused: /pooling max_tokens: not supported/ },
  'weights by position': { ...pooled(named('weightedmean')), refused: /pooling weightedmean: not supported/ },
  'two modes': { ...pooled(named(['cls', 'mean'])), refused: /pooling cls and mean: not supported/ },
};

export const TEXTS = [
  'a river',
  'The Winter GARDEN of musics',
  'ocean forest doctor school market bridge candle',
  'x',
];

if (process.argv[2] !== undefined && import.meta.url === pathToFileURL(process.argv[1]!).href)
  Object.values(SHAPES).forEach((options, i) => tinyBert(join(process.argv[2]!, String(i)), options));
