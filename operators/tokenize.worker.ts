import { PreTrainedTokenizer } from '@huggingface/transformers';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import { toLists, type Lists } from '../src/store/ragged.js';

export interface TokenizeData {
  tokenizer: string;
  maxLength: number;
}

const { tokenizer: folder, maxLength } = workerData as TokenizeData;
const json = (name: string): object => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object;
const tokenizer = new PreTrainedTokenizer(json('tokenizer.json'), json('tokenizer_config.json'));
const bare = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false });

// What the tokenizer puts around a text ([CLS] … [SEP]) must survive the cut, so the cut is made here.
const framed = tokenizer.encode('a');
const before = framed.slice(0, framed.indexOf(bare('a')[0]!));
const after = framed.slice(before.length + bare('a').length);

/** Token ids of each text, cut to the maximal length; nothing for an empty text. */
export default (texts: string[]): Lists =>
  toLists(
    texts.map((text) => {
      const tokens = bare(text);
      if (tokens.length === 0) return [];
      return [...before, ...tokens.slice(0, maxLength - before.length - after.length), ...after];
    }),
  );
