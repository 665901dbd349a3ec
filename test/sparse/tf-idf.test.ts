import t from 'tap';
import { Features } from '../../src/sparse/features.js';
import { namesOfTerms, readable, visitTerms } from '../../src/sparse/terms.js';
import { MOST_TERMS, TfIdf } from '../../src/sparse/tf-idf.js';
import { writeFeatures } from './features.js';
import { textsOf } from './texts.js';

const least = { word: 1, bigram: 1 };

const featuresOf = async (folder: string, texts: readonly string[]): Promise<Features> =>
  new Features(await writeFeatures(folder, texts, least));

void t.test('weights are (1 + ln tf) · idf, of unit length, columns ascending', async (t) => {
  const texts = textsOf(100);
  const features = await featuresOf(t.testdir(), texts);
  const { offsets, columns, values } = new TfIdf(features).weigh([...texts, 'tititi unknown', 'unknown']);
  for (const [i, text] of [...texts, 'tititi unknown', 'unknown'].entries()) {
    const counts = new Map<number, number>();
    visitTerms(readable(text), features.kinds, (term) => {
      const column = features.columnOf(term);
      if (column >= 0) counts.set(column, (counts.get(column) ?? 0) + 1);
    });
    const ascending = [...counts].sort(([a], [b]) => a - b);
    const weights = ascending.map(([column, tf]) => (1 + Math.log(tf)) * features.idf[column]!);
    const length = Math.hypot(...weights);
    t.same([...columns.subarray(offsets[i], offsets[i + 1])], ascending.map(([column]) => column)); // prettier-ignore
    values.subarray(offsets[i], offsets[i + 1]).forEach((value, k) => {
      t.ok(Math.abs(value - weights[k]! / length) < 1e-6);
    });
  }
  t.equal(offsets.at(-1), offsets.at(-2), 'a text without a known term is empty');
});

void t.test('terms of some kinds alone have unit length', async (t) => {
  const texts = ['ra ti mo', 'ti mo'];
  const features = await featuresOf(t.testdir(), texts);
  const { columns, values } = new TfIdf(features, new Set(['word'])).weigh(['ra ti mo']);
  t.same([...columns].map((column) => features.kindOf(column)), ['word', 'word', 'word']); // prettier-ignore
  t.ok(Math.abs(Math.hypot(...values) - 1) < 1e-6);
  t.equal(namesOfTerms('ra ti mo', new Set(['word'])).size, 3);
});

void t.test('parts of words weigh less than words', async (t) => {
  const features = new Features(await writeFeatures(t.testdir(), ['ra', 'ti'], { word: 1, characters: 1 }));
  const { columns, values } = new TfIdf(features).weigh(['ra']);
  t.same([...columns].map((column) => features.kindOf(column)), ['characters', 'word']); // prettier-ignore
  t.ok(
    Math.abs(values[0]! / values[1]! - 0.6) < 1e-6,
    'both occur in one text, so that their idf is the same',
  );
});

void t.test('a long text keeps the heaviest terms of each kind', async (t) => {
  const name = (i: number): string => String.fromCharCode(97 + (i % 26), 97 + Math.floor(i / 26));
  const words = Array.from({ length: 2 * MOST_TERMS }, (_x, i) => name(i));
  const rare = words.slice(0, MOST_TERMS / 2);
  const features = await featuresOf(t.testdir(), [words.join(' '), words.slice(rare.length).join(' ')]);
  const { columns, values } = new TfIdf(features).weigh([words.join(' ')]);
  const own = [...columns].filter((column) => features.kindOf(column) === 'word');
  t.equal(own.length, MOST_TERMS);
  t.equal(columns.length, 2 * MOST_TERMS);
  t.same([...columns], [...columns].sort((a, b) => a - b)); // prettier-ignore
  t.ok(Math.abs(Math.hypot(...values) - 1) < 1e-6);
  const known = new Set(own.map((column) => features.terms[column]!));
  for (const word of rare)
    visitTerms(word, new Set(['word']), (term) => {
      t.ok(known.has(term), 'words of one text alone weigh most');
    });
});
