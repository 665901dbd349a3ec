/** Tokenizes texts word by word with a cache, so that a known word is not tokenized again. */
import * as z from 'zod';

/** Maximum number of cached words, and of UTF-16 units of a cached word. */
const MOST_WORDS = 131_072;
const LONGEST = 64;

const Typed = z.looseObject({ type: z.string() });
const TokenizerJson = z.object({
  added_tokens: z.array(z.object({ content: z.string() })).default([]),
  normalizer: Typed.nullish(),
  pre_tokenizer: Typed.nullish(),
  model: z.looseObject({ type: z.string().optional() }),
});

/** Normalizers whose result for a character does not depend on anything beyond the next space. */
const NORMALIZERS = new Set(['NFC', 'NFD', 'NFKC', 'NFKD', 'Lowercase', 'StripAccents', 'BertNormalizer']);

/**
 * Whether tokenizing a text with this `tokenizer.json` equals tokenizing its parts between spaces: true if it normalizes
 * single characters, splits at white space, and then works word by word, as BERT's and the default tokenizer do.
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
  // Each word begins with a known piece, so unknown pieces of two words are not merged.
  const begins = mark['prepend_scheme'] === 'always' && mark['replacement'];
  return Array.isArray(model['vocab']) && model['vocab'].some((entry) => [entry].flat()[0] === begins);
}

/** The items that are not null; anything but a list counts as one item of unknown type. */
function list(items: unknown): z.infer<typeof Typed>[] {
  const { data } = z.array(Typed.nullish()).safeParse(items);
  return (data ?? [{ type: 'unknown' }]).filter((item) => item != null);
}

/** Tokenizes like `encode`, which must work by word, with a cache. Stops after the word that reaches `most` tokens. */
export function byWord(encode: (text: string) => number[]): (text: string, most: number) => number[] {
  const known = new Map<string, number[]>();
  const tokensOf = (word: string): number[] => {
    const before = known.get(word);
    if (before) return before;
    const tokens = encode(word);
    if (word.length <= LONGEST) {
      if (known.size === MOST_WORDS) known.clear();
      known.set(Buffer.from(word, 'utf16le').toString('utf16le'), tokens); // copy: a substring keeps its text alive
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
