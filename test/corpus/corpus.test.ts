import { test } from 'tap';
import { corpusOf } from '../../src/corpus/corpus.js';
import { permutation } from '../../src/permutation.js';
import { vocabularyOf } from '../../src/corpus/vocabulary.js';
import type { Synset } from '../../src/corpus/wordnet.js';

const synsets: Synset[] = Array.from({ length: 60 }, (_x, id) => {
  const letters = [id % 6, Math.floor(id / 6)].map((n) => 'abcdefghij'[n]!).join('');
  return {
    id,
    lemmas: [`${letters}one`, `${letters}two`, 'two words', 'Ångström'],
    definition: '',
    labels: [],
  };
});
const vocabulary = vocabularyOf(synsets);

test('a permutation has each number once, and depends on the seed', (t) => {
  for (const size of [1, 2, 7, 64, 1000]) {
    const all = Array.from({ length: size }, (_x, i) => i);
    t.same(all.map(permutation(size, 3)).sort((a, b) => a - b), all); // prettier-ignore
  }
  const [a, b] = [permutation(1000, 1), permutation(1000, 2)];
  const same = Array.from({ length: 1000 }, (_x, i) => a(i) === b(i)).filter(Boolean).length;
  t.ok(same < 20, `${same} of 1000 are where they are under another seed`);
  const far = permutation(2 ** 36, 1);
  t.equal(new Set(Array.from({ length: 10_000 }, (_x, i) => far(2 ** 36 - 1 - i))).size, 10_000);
  t.end();
});

test('the vocabulary is single words, each with its synonyms', (t) => {
  t.equal(vocabulary.words.length, 120);
  vocabulary.synonyms.forEach((others, word) => {
    t.same(others.map((other) => vocabulary.words[other]!.slice(0, 2)), [vocabulary.words[word]!.slice(0, 2)]); // prettier-ignore
  });
  t.end();
});

test('labels are distinct phrases of two to six words, the same under a seed', (t) => {
  const corpus = corpusOf({ vocabulary, labels: 5000, seed: 1 });
  const labels = Array.from({ length: 5000 }, (_x, id) => corpus.label(id));
  t.equal(new Set(labels.map((label) => label.split(' ').slice(0, 2).join(' '))).size, 5000);
  const lengths = labels.map((label) => label.split(' ').length);
  t.same([Math.min(...lengths), Math.max(...lengths)], [2, 6]);
  t.equal(corpusOf({ vocabulary, labels: 5000, seed: 1 }).label(77), labels[77]);
  t.not(corpusOf({ vocabulary, labels: 5000, seed: 2 }).label(77), labels[77]);
  t.throws(() => corpusOf({ vocabulary, labels: 14_401, seed: 1 }), {
    message: 'labels: expected 2..14400, got 14401',
  });
  t.end();
});

test("a text has at least two of its label's words or their synonyms", (t) => {
  const corpus = corpusOf({ vocabulary, labels: 500, seed: 1 });
  for (let row = 0; row < 300; row++) {
    const { text, labels } = corpus.text('train', row);
    const stems = text.split(' ').map((word) => word.slice(0, 2));
    for (const label of labels) {
      const own = corpus.label(label).split(' ').map((word) => word.slice(0, 2)); // prettier-ignore
      t.ok(own.filter((stem) => stems.includes(stem)).length >= 2, `${text}: ${corpus.label(label)}`);
    }
  }
  t.same(corpus.text('train', 7), corpus.text('train', 7));
  t.notSame(corpus.text('train', 7), corpus.text('test', 7));
  t.end();
});

test('some labels are far more frequent than others', (t) => {
  const corpus = corpusOf({ vocabulary, labels: 1000, seed: 1 });
  const counts = new Map<number, number>();
  for (let row = 0; row < 20_000; row++)
    for (const label of corpus.text('train', row).labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const sorted = [...counts.values()].sort((a, b) => b - a);
  t.ok(sorted.length > 900, `${sorted.length} of 1000 labels occur`);
  const ratio = sorted[0]! / sorted[99]!;
  t.ok(ratio > 15 && ratio < 90, `the first is ${ratio} times as frequent as the hundredth: 100^0.8 is 40`);
  t.end();
});
