import t from 'tap';
import { kindOf, namesOfTerms, readable, TERM_KINDS, UNITS, visitTerms } from '../../src/sparse/terms.js';
import type { TermKind } from '../../src/sparse/terms.js';

const all = new Set(TERM_KINDS);
const namesOf = (text: string, ...kinds: TermKind[]): string[] => [
  ...namesOfTerms(text, new Set(kinds)).values(),
];
function termsOf(text: string, kinds: ReadonlySet<TermKind> = all): number[] {
  const terms: number[] = [];
  visitTerms(readable(text), kinds, (term) => terms.push(term));
  return terms;
}

void t.test('words and pairs of them are in lower case and know no punctuation', async (t) => {
  t.same(namesOf('A Large, fast_2 RIVER.', 'word'), ['a', 'large', 'fast_2', 'river']);
  t.same(namesOf('A Large, fast_2 RIVER.', 'bigram'), ['a large', 'large fast_2', 'fast_2 river']);
  t.same(namesOf('Größe 河 हिन्दी e\u0301te\u0301 𠀀𠀁', 'word'), [
    'größe',
    '河',
    'हिन्दी',
    'e\u0301te\u0301',
    '𠀀𠀁',
  ]);
  for (const text of ['', ' ', '… — !', '😀', '\ud800']) t.same(termsOf(text), []);
});

void t.test('characters are those of each word with its boundaries, as in scikit-learn', async (t) => {
  t.same(namesOf('Jumpy', 'characters'), [' jum', 'jump', 'umpy', 'mpy ']);
  t.same(namesOf('(is) a', 'characters'), [' is ']);
  t.same(termsOf('one-two', new Set(['characters'])), termsOf('one two', new Set(['characters'])));
});

void t.test('a term tells its kind, and sorted terms are grouped by kind', async (t) => {
  for (const kind of TERM_KINDS)
    t.ok(termsOf('some words of a text', new Set([kind])).every((term) => kindOf(term) === kind));
  const kinds = Int32Array.from(termsOf('some words of a text')).sort().map((term) => TERM_KINDS.indexOf(kindOf(term))); // prettier-ignore
  t.same([...new Set(kinds)].length, 3);
  t.same(
    [...kinds],
    [...kinds].sort((a, b) => ((a + 1) % 3) - ((b + 1) % 3)),
  );
});

void t.test('the order of a pair matters, the separator does not', async (t) => {
  const pair = new Set<TermKind>(['bigram']);
  t.same(termsOf('a b', pair), termsOf('A, B', pair));
  t.notSame(termsOf('a b', pair), termsOf('b a', pair));
});

void t.test('few terms share a hash', async (t) => {
  const texts = Array.from({ length: 200_000 }, (_x, i) => i.toString(36));
  const hashes = new Set(texts.flatMap((text) => termsOf(text, new Set(['word']))));
  // Of n terms in 30 bits, n² / 2³¹ pairs are expected to collide: 19.
  t.ok(texts.length - hashes.size < 40, `${texts.length - hashes.size} collide`);
});

void t.test('of a huge text only the beginning is read, with and without spaces', async (t) => {
  const begin = performance.now();
  for (const part of ['ab ', 'x', ' ', '😀']) {
    const text = part.repeat((64 << 20) / part.length);
    t.same(termsOf(text), termsOf(text.slice(0, UNITS)));
  }
  t.ok(performance.now() - begin < 10_000);
});
