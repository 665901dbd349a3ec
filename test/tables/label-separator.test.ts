import { test } from 'tap';
import { toRagged } from '../../src/formats/lists.js';
import { guessSeparator, splitLabels } from '../../src/tables/label-separator.js';

const guessed = (...cells: string[]): string => guessSeparator(toRagged(cells.map((cell) => [cell])));

test('what is between labels is guessed from cells', async (t) => {
  t.equal(guessed('a;b', 'c'), ';');
  t.equal(guessed('a|b', 'c, d'), '|');
  t.equal(guessed('a\tb', 'c'), '\t');
  t.equal(guessed('a,b', 'a,c', 'b,c'), ',');
  t.equal(guessed('<http://x/1> <urn:2>', '<urn:3>'), 'space');
  t.equal(guessed(), 'none');
});

test('of several separators the one that most cells have is taken, a comma only if it explains them', async (t) => {
  t.equal(guessed('a | b', 'b | c', 'a; outdoor | c'), '|');
  t.equal(guessed('a, b', 'a, c', 'b, c; old'), ',');
  t.equal(guessed('Arts, fine', 'Sea, deep', 'a;b'), ';');
});

test('commas within names, and lists, are not split', async (t) => {
  t.equal(guessed('Arts, fine', 'Arts, fine', 'Sea, deep', 'Rivers'), 'none');
  t.equal(guessed('Arts, fine', 'Sea, deep'), 'none');
  t.equal(guessSeparator(toRagged([['a;b', 'c'], ['d']])), 'none');
});

test('labels are trimmed, blank ones are none, and URIs lose their brackets', async (t) => {
  t.same(splitLabels(' a ;; b;', ';'), ['a', 'b']);
  t.same(splitLabels(' a;b ', 'none'), ['a;b']);
  t.same(splitLabels('<http://x/1>  <urn:2>', 'space'), ['http://x/1', 'urn:2']);
  t.same(splitLabels('<b>', 'none'), ['<b>']);
});
