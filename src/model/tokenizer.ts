import { PreTrainedTokenizer } from '@huggingface/transformers';
import { join } from 'node:path';
import { toLists, type Lists } from '../store/ragged.js';
import { readJson } from '../store/read-json.js';

export interface TokenizerOptions {
  /** A local Hugging Face folder with `tokenizer.json` and `tokenizer_config.json`. */
  tokenizer: string;
  /** Tokens kept of each text, special tokens included. */
  maxLength: number;
}

/** Token ids of each text, cut to the maximal length; nothing for an empty text. */
export type Tokenizer = (texts: readonly string[]) => Lists;

/** @throws InputError if a file of the tokenizer cannot be read. */
export function openTokenizer({ tokenizer: folder, maxLength }: TokenizerOptions): Tokenizer {
  const json = (name: string): object => readJson(join(folder, name)) as object;
  const tokenizer = new PreTrainedTokenizer(json('tokenizer.json'), json('tokenizer_config.json'));
  const bare = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false });
  // What the tokenizer puts around a text ([CLS] … [SEP]) must survive the cut, so the cut is made here.
  const framed = tokenizer.encode('a');
  const before = framed.slice(0, framed.indexOf(bare('a')[0]!));
  const after = framed.slice(before.length + bare('a').length);
  const room = maxLength - before.length - after.length;
  return (texts) =>
    toLists(
      texts.map((text) => {
        const tokens = bare(text);
        return tokens.length === 0 ? [] : [...before, ...tokens.slice(0, room), ...after];
      }),
    );
}
