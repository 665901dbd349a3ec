/**
 * Tokenizes texts word by word with a cache, so that a known word is not tokenized again. Work and memory follow the tokens
 * that are kept, not the length of the text.
 */
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

/** The first tokens of a text: at least `most` if it has as many. */
type FirstTokens = (text: string, most: number) => number[];

/** Tokenizes like `encode`, which must work by word, with a cache. Stops after the word that reaches `most` tokens. */
export function byWord(encode: (text: string) => number[]): FirstTokens {
  const firstOf = byPrefix(encode);
  const known = new Map<string, number[]>();
  const tokensOf = (word: string, most: number): number[] => {
    if (word.length > LONGEST) return firstOf(word, most);
    const before = known.get(word);
    if (before) return before;
    const tokens = encode(word);
    if (known.size === MOST_WORDS) known.clear();
    known.set(Buffer.from(word, 'utf16le').toString('utf16le'), tokens); // copy: a substring keeps its text alive
    return tokens;
  };
  return (text, most) => {
    const tokens: number[] = [];
    for (let begin = 0; begin < text.length && tokens.length < most;) {
      const space = text.indexOf(' ', begin);
      const end = space < 0 ? text.length : space;
      if (end > begin) for (const token of tokensOf(text.slice(begin, end), most)) tokens.push(token);
      begin = end + 1;
    }
    return tokens;
  };
}

/** UTF-16 units that are read for each token at first and at most, where nothing divides a text; and at least in all. */
export const UNITS_PER_TOKEN = [8, 64] as const;
export const LEAST_UNITS = 1024;
/** Tokens before the end of a prefix that may differ from those of the text: no piece is longer than a few others. */
const MARGIN = 32;

/**
 * Tokenizes like `encode` of the text, but no more of it than it takes for `most` tokens. What is beyond 64 units per token
 * is never read, as of a run of a million characters that are one unknown token.
 */
export function byPrefix(encode: (text: string) => number[]): FirstTokens {
  return (text, most) => {
    const [first, last] = UNITS_PER_TOKEN.map((units) => Math.max(LEAST_UNITS, units * (most + MARGIN)));
    for (let units = first!; ; units *= 2) {
      const read = prefixOf(text, Math.min(units, last!));
      const tokens = encode(read);
      if (read.length === text.length || units >= last! || tokens.length >= most + MARGIN) return tokens;
    }
  };
}

/** The first units of a text, without half a character at the end. */
function prefixOf(text: string, units: number): string {
  if (text.length <= units) return text;
  const unit = text.charCodeAt(units - 1);
  return text.slice(0, unit >= 0xd800 && unit < 0xdc00 ? units - 1 : units);
}
