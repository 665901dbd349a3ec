/** Words and pairs of adjacent words as further tokens of a bag: each is hashed to a row after those of the subwords. */
import { join } from 'node:path';
import * as z from 'zod';
import { readIfThere } from '../files/read-json.js';
import { readable, visitTerms, type TermKind } from '../sparse/terms.js';

/** The maximum number of rows; a term has 30 bits. */
export const MOST_ROWS = 1 << 24;

const HashedWords = z.object({
  /** The first row, and their number. */
  first: z.int().min(0).max(MOST_ROWS),
  rows: z.int().min(1).max(MOST_ROWS),
});
export type HashedWords = z.infer<typeof HashedWords>;

/** In the folder of a tokenizer that has them. */
export const WORDS_FILE = 'words.json';

/** @throws InputError if the file is damaged. */
export const readHashedWords = (folder: string): HashedWords | undefined =>
  readIfThere(join(folder, WORDS_FILE), HashedWords);

/** What is hashed. */
export const HASHED_KINDS: ReadonlySet<TermKind> = new Set(['word', 'bigram']);
/** UTF-16 units that are read for each token at most. */
const UNITS_PER_TOKEN = 16;

/** Terms of different texts may share a row. */
export const rowOfTerm = (term: number, { first, rows }: HashedWords): number => first + (term % rows);

/** The rows of the first `most` words and pairs of a text, in their order. */
export function hashWords(text: string, words: HashedWords, most: number): number[] {
  const tokens: number[] = [];
  visitTerms(readable(text.slice(0, UNITS_PER_TOKEN * most)), HASHED_KINDS, (term) => {
    if (tokens.length < most) tokens.push(rowOfTerm(term, words));
  });
  return tokens;
}
