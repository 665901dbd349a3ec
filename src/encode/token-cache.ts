/** Tokens of a text as those of its words, one after the other: a word that came before is not tokenized again. */
import * as z from 'zod';

/** Words remembered, and UTF-16 units of the longest of them. */
const MOST_WORDS = 131_072;
const LONGEST = 64;

const Typed = z.looseObject({ type: z.string() });
const TokenizerJson = z.object({
  added_tokens: z.array(z.object({ content: z.string() })).default([]),
  normalizer: Typed.nullish(),
  pre_tokenizer: Typed.nullish(),
  model: z.looseObject({ type: z.string().optional() }),
});

/** What they make of a character does not depend on what is beyond the next space. */
const NORMALIZERS = new Set(['NFC', 'NFD', 'NFKC', 'NFKD', 'Lowercase', 'StripAccents', 'BertNormalizer']);

/**
 * Whether the tokenizer of a `tokenizer.json` makes of texts what it makes of their parts between spaces: if it normalizes
 * characters alone, splits at white space, and then goes word by word, as BERT's does and the one that we have by default.
 */
export function isByWord(json: unknown): boolean {
  const { success, data } = TokenizerJson.safeParse(json);
  if (!success) return false;
  const { added_tokens: added, normalizer, pre_tokenizer: splitter, model } = data;
  const plain = added.every(({ content }) => /^[!-~]+$/.test(content));
  const normalizers = normalizer?.type === 'Sequence' ? list(normalizer['normalizers']) : list([normalizer]);
  if (!plain || !normalizers.every(({ type }) => NORMALIZERS.has(type))) return false;
  if (splitter?.type === 'BertPreTokenizer') return model.type === 'WordPiece' && model['fuse_unk'] !== true;
  if (splitter?.type !== 'Sequence' || model.type !== 'Unigram') return false;
  const [split, mark, ...others] = list(splitter['pretokenizers']);
  if (split?.type !== 'WhitespaceSplit' || mark?.type !== 'Metaspace' || others.length > 0) return false;
  // A word begins with a known piece, so unknown ones of two words are not taken together.
  const begins = mark['prepend_scheme'] === 'always' && mark['replacement'];
  return Array.isArray(model['vocab']) && model['vocab'].some((entry) => [entry].flat()[0] === begins);
}

/** Without those that are null; what is not a list is one of something unknown. */
function list(items: unknown): z.infer<typeof Typed>[] {
  const { data } = z.array(Typed.nullish()).safeParse(items);
  return (data ?? [{ type: 'unknown' }]).filter((item) => item != null);
}

/** Tokenizes as `encode` does, which is by word; of a long text up to `most` tokens, and what the last word has beyond. */
export function byWord(encode: (text: string) => number[]): (text: string, most: number) => number[] {
  const known = new Map<string, number[]>();
  const tokensOf = (word: string): number[] => {
    const before = known.get(word);
    if (before) return before;
    const tokens = encode(word);
    if (word.length <= LONGEST) {
      if (known.size === MOST_WORDS) known.clear();
      known.set(Buffer.from(word, 'utf16le').toString('utf16le'), tokens); // a part of a text would keep all of it
    }
    return tokens;
  };
  return (text, most) => {
    const tokens: number[] = [];
    for (const word of text.split(' ')) {
      if (tokens.length >= most) break;
      if (word !== '') tokens.push(...tokensOf(word));
    }
    return tokens;
  };
}
