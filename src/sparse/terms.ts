/**
 * Terms of a text: its words, pairs of adjacent words, and the character 4-grams of each word between two boundaries
 * (as `char_wb` of scikit-learn). A term is a hash of 30 bits below the 2 bits of its kind, so there is no vocabulary in memory
 * and sorted terms are grouped by kind. Among a million terms of a kind some 470 pairs share a hash, 0.1 % of the terms.
 */
import { isWordAt, NOT_WORD } from './words.js';

/** In the order of their bits. */
export const TERM_KINDS = ['word', 'bigram', 'characters'] as const;
export type TermKind = (typeof TERM_KINDS)[number];

/** UTF-16 code units of a text that are read; the rest is ignored. It bounds the terms of a text to some half a million. */
export const UNITS = 1 << 17;

/**
 * Length of character n-grams in UTF-16 code units, boundaries included. On several sets 3- to 5-grams found no more labels by their
 * names, at three times the terms; the lists of 3-grams are also the longest.
 */
const LENGTH = 4;

/** `begin` and `end` are places in the text as `readable` returns it, where a boundary may be just outside. */
export type Visit = (term: number, begin: number, end: number) => void;

/** Bits of a hash: two terms of a kind may have the same. */
export const TERM_BITS = 30;

export const kindOf = (term: number): TermKind => TERM_KINDS[term >>> TERM_BITS]!;

/** The part of a text that is read, in lower case. */
export const readable = (text: string): string => text.slice(0, UNITS).toLowerCase();

/** Visits the terms of some kinds in a readable text, repetitions included. */
export function visitTerms(text: string, kinds: ReadonlySet<TermKind>, visit: Visit): void {
  const [words, bigrams, characters] = TERM_KINDS.map((kind) => kinds.has(kind));
  let before = { hash: 0, begin: -1 };
  for (let end = 0; ;) {
    const begin = skip(text, end, false);
    if (begin === text.length) return;
    end = skip(text, begin, true);
    let hash = 0;
    for (let at = begin; at < end; at++) hash = mixIn(hash, text.charCodeAt(at));
    if (words) visit(termOf(hash, 0), begin, end);
    if (bigrams && before.begin >= 0) visit(termOf(mixIn(mix(before.hash), hash), 1), before.begin, end);
    if (characters) visitCharacters(text, { begin, end }, visit);
    before = { hash, begin };
  }
}

/** The text of each term of a text, as it is shown to a reader: its words or characters, a space for each boundary. */
export function namesOfTerms(text: string, kinds: ReadonlySet<TermKind>): Map<number, string> {
  const lower = readable(text);
  const names = new Map<number, string>();
  visitTerms(lower, kinds, (term, begin, end) => {
    if (!names.has(term)) names.set(term, ` ${lower} `.slice(begin + 1, end + 1).replaceAll(NOT_WORD, ' '));
  });
  return names;
}

/** N-grams of one word, which begin and end at most one place outside it. */
function visitCharacters(text: string, word: { begin: number; end: number }, visit: Visit): void {
  for (let begin = word.begin - 1; begin + LENGTH <= word.end + 1; begin++) {
    let hash = 0;
    for (let at = begin; at < begin + LENGTH; at++)
      hash = mixIn(hash, at < word.begin || at >= word.end ? 32 : text.charCodeAt(at));
    visit(termOf(hash, 2), begin, begin + LENGTH);
  }
}

/** The first place from `at` on that is not within a word, or is not outside one. */
function skip(text: string, at: number, within: boolean): number {
  while (at < text.length && isWordAt(text, at) === within) at++;
  return at;
}

function mixIn(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ value, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/** The finaliser of MurmurHash3, a permutation of the 32-bit integers. */
function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

const termOf = (hash: number, kind: number): number => (mix(hash) >>> (32 - TERM_BITS)) | (kind << TERM_BITS);
