/** What the tokens of a text look like to a reader: subwords by their vocabulary, hashed words and pairs by the text. */
import { join } from 'node:path';
import * as z from 'zod';
import { checkJson, readJson } from '../files/read-json.js';
import { namesOfTerms } from '../sparse/terms.js';
import { HASHED_KINDS, readHashedWords, rowOfTerm, type HashedWords } from './hashed-words.js';

/** Of the tokenizer of our own encoders, whose vocabulary is a list. */
const Vocabulary = z.object({ model: z.object({ vocab: z.array(z.tuple([z.string(), z.number()])) }) });

/** Stands for the space before a word. */
const SPACE = '▁';

export class TokenNames {
  readonly #vocabulary: readonly (readonly [string, number])[];
  readonly #words: HashedWords | undefined;

  /** Of the tokenizer in the folder of one of our own encoders. @throws InputError if a file is missing or damaged. */
  constructor(folder: string) {
    const path = join(folder, 'tokenizer.json');
    this.#vocabulary = checkJson(path, Vocabulary, readJson(path)).model.vocab;
    this.#words = readHashedWords(folder);
  }

  /** Some tokens of a text, a space for the beginning of a word; empty for one that the text does not have. */
  of(text: string, tokens: readonly number[]): string[] {
    const words = new Map<number, string>();
    if (this.#words)
      for (const [term, name] of namesOfTerms(text, HASHED_KINDS)) {
        const row = rowOfTerm(term, this.#words);
        if (!words.has(row)) words.set(row, name);
      }
    return tokens.map(
      (token) => words.get(token) ?? this.#vocabulary[token]?.[0].replaceAll(SPACE, ' ') ?? '',
    );
  }
}
