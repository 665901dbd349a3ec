import { test } from 'tap';
import { toLists } from '../../src/formats/lists.js';
import { rankedAt, type Found } from '../../src/search/found.js';
import { votes } from '../../src/search/votes.js';

/** Two texts: the first has three neighbours, the second one. */
const neighbours: Found = {
  k: 3,
  ids: Int32Array.of(5, 6, 7, 6, -1, -1),
  scores: Float32Array.of(0.75, 0.5, 0.25, 0.5, -Infinity, -Infinity),
};
const LABELS: Record<number, number[]> = { 5: [1], 6: [2, 3], 7: [2] };
const labelsOf = (rows: Int32Array) => toLists(Array.from(rows, (row) => LABELS[row]!));
const near = (scores: Float32Array, expected: number[]): boolean =>
  expected.every((score, i) => scores[i] === score || Math.abs(scores[i]! - score) < 1e-6);

test('a label has the sum of the weights of the neighbours that have it, of all weights', async (t) => {
  const by = votes({ neighbours, labelsOf }, { k: 3, voters: 3, power: 2 });
  t.same([...by.ids], [1, 2, 3, 2, 3, -1]);
  t.ok(near(by.scores, [9 / 14, 5 / 14, 4 / 14, 1, 1, -Infinity]));
  const plain = votes({ neighbours, labelsOf }, { k: 1, voters: 3 });
  t.same([...plain.ids], [1, 2], 'of equal votes the lower label first');
  t.ok(near(plain.scores, [1 / 2, 1]));
  const soft = votes({ neighbours, labelsOf }, { k: 3, voters: 3, temperature: 0.25 });
  const [a, b, c] = [1, Math.exp(-1), Math.exp(-2)];
  const sum = a + b + c;
  t.ok(near(soft.scores, [a / sum, (b + c) / sum, b / sum, 1, 1, -Infinity]));
});

test('only the nearest vote; a text itself does not, and its excluded labels get no votes', async (t) => {
  const some = votes({ neighbours, labelsOf }, { k: 3, voters: 1 });
  t.same([[...rankedAt(some, 0)], [...rankedAt(some, 1)]], [[1], [2, 3]]);
  const own = Int32Array.of(5, 6);
  const others = votes({ neighbours, labelsOf, own }, { k: 3, voters: 2 });
  t.same([[...rankedAt(others, 0)], [...rankedAt(others, 1)]], [[2, 3], []]);
  const excluded = toLists([[2], []]);
  const left = votes({ neighbours, labelsOf, excluded }, { k: 3, voters: 3 });
  t.same([[...rankedAt(left, 0)], [...rankedAt(left, 1)]], [[1, 3], [2, 3]]); // prettier-ignore
});
