import { test } from 'tap';
import { toLists } from '../../src/formats/lists.js';
import { chooseSources } from '../../src/ranker/choose-sources.js';
import type { JudgedTexts } from '../../src/ranker/judged.js';
import { Random } from '../../src/random.js';
import { emptyFound, type Found } from '../../src/search/found.js';

const known = { frequency: () => 3, inversePropensity: () => 2, seed: 1 };
const named = (...names: string[]) => names.map((name) => ({ name, byDifference: false }));
const TEXTS = 20;

/** A source that finds four labels; the text's own is at the place given, 4 for none. */
function source(truth: readonly number[], placeOf: (text: number) => number, random: Random): Found {
  const found = emptyFound(truth.length, 4);
  found.ids.forEach((_id, i) => {
    const text = Math.floor(i / 4);
    found.ids[i] = i % 4 === placeOf(text) ? truth[text]! : 1000 + 4 * random.below(9999) + (i % 4);
    found.scores[i] = 1 - (i % 4) / 10;
  });
  return found;
}

/** Trees are fitted to the even texts to rank the odd ones, and the other way round. */
function judged(): JudgedTexts[] {
  const random = new Random(1);
  return Array.from({ length: 20 }, () => {
    const truth = Array.from({ length: TEXTS }, () => random.below(1000));
    const found = {
      good: source(truth, () => (random.next() < 0.7 ? 0 : 1), random),
      other: source(truth, () => random.below(4), random),
      noise: source(truth, () => 4, random),
      misleading: source(truth, (text) => (text % 2 === 0 ? 0 : 3), random),
    };
    return { found, labels: toLists(truth.map((label) => [label])) };
  });
}

test('a source that misleads is left out, the others stay', (t) => {
  const { leftOut, sources, without } = chooseSources(judged(), named('good', 'misleading'), known);
  t.same(leftOut, ['misleading']);
  t.same(sources, named('good'));
  t.ok(without.misleading!['nDCG@5']! > without.good!['nDCG@5']!);
  t.end();
});

test('sources that help stay, and so does noise that does no harm', (t) => {
  const { leftOut, without } = chooseSources(judged(), named('good', 'other', 'noise'), known);
  t.ok(!leftOut.includes('good') && !leftOut.includes('other'), leftOut.join());
  t.ok(without.noise!['nDCG@5']! > without.good!['nDCG@5']!);
  t.end();
});

test('a single source is not compared', (t) => {
  t.same(chooseSources(judged(), named('good'), known), { sources: named('good'), leftOut: [], without: {} });
  t.end();
});
