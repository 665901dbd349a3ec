import '../engine/onnx-runtime.js';
import { PreTrainedTokenizer } from '@huggingface/transformers';
import { join } from 'node:path';
import { MOST_IDS } from '../formats/columns.js';
import { toLists, type Lists } from '../formats/lists.js';
import { asId, show } from '../show.js';
import { readJson } from '../files/read-json.js';
import { hashWords, readHashedWords } from './hashed-words.js';
import { byPrefix, byWord, isByWord } from './token-cache.js';
import { InputError } from '../errors.js';

export interface TokenizerOptions {
  /** A local Hugging Face folder with `tokenizer.json` and `tokenizer_config.json`. */
  tokenizer: string;
  /**
   * Maximum number of tokens of a text, including special tokens; the rest is cut off. If the folder has `words.json`, up to
   * twice as many hashed words and pairs of words follow.
   */
  maxLength: number;
}

/** Token ids of each text, cut to the maximum length; an empty list for an empty text. */
export type Tokenizer = (texts: readonly string[]) => Lists;

/** @throws InputError if a file of the tokenizer cannot be read, or it does not produce tokens. */
export function openTokenizer({ tokenizer: folder, maxLength }: TokenizerOptions): Tokenizer {
  const path = join(folder, 'tokenizer.json');
  const [json, config] = [readJson(path), readJson(join(folder, 'tokenizer_config.json'))];
  const tokenizer = ofTokenizer(path, () => new PreTrainedTokenizer(json, config));
  const encode = (text: string, special: boolean): number[] => {
    const ids = ofTokenizer(path, () => tokenizer.encode(text, { add_special_tokens: special }));
    const wrong = ids.find((id) => asId(id, MOST_IDS) === undefined);
    if (wrong !== undefined) throw new InputError(`${path}: makes token ${show(wrong)} of ${show(text)}`);
    return ids;
  };
  const bare = (text: string): number[] => encode(text, false);
  // The special tokens around a text ([CLS] … [SEP]) must survive the cut, so the cut is made here.
  const [framed, alone] = [encode('a', true), bare('a')];
  if (alone.length === 0) throw new InputError(`${path}: makes no token of "a"`);
  const before = framed.slice(0, framed.indexOf(alone[0]!));
  const after = framed.slice(before.length + alone.length);
  const most = Math.max(0, maxLength - before.length - after.length);
  const tokensOf = isByWord(json) ? byWord(bare) : byPrefix(bare);
  const words = readHashedWords(folder);
  return (texts) =>
    toLists(
      texts.map((text) => {
        const tokens = tokensOf(text, Math.max(1, most));
        if (tokens.length === 0) return [];
        const cut = [...before, ...tokens.slice(0, most), ...after];
        return words ? [...cut, ...hashWords(text, words, 2 * maxLength)] : cut;
      }),
    );
}

/** The library throws arbitrary errors for a malformed file. */
function ofTokenizer<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const { message } = cause as Error;
    throw new InputError(`${path}: does not work as a tokenizer: ${show(message)}`, { cause });
  }
}
