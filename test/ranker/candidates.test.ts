import { test } from 'tap';
import { candidatesOf } from '../../src/ranker/candidates.js';

const found = (k: number, ids: number[], scores: number[]) => ({
  k,
  ids: Int32Array.from(ids),
  scores: Float32Array.from(scores),
});

const one = { found: found(3, [7, 2, 9, -1, -1, -1], [0.5, 0.25, 0, -Infinity, -Infinity, -Infinity]), byDifference: false }; // prettier-ignore
const other = { found: found(2, [2, 4, 8, -1], [-1, -3, -2, -Infinity]), byDifference: true };
const known = { frequency: (label: number) => 10 * label, most: 3 };

test('a candidate has the scores, relative scores, ranks and best scores of its sources, and what is shared', (t) => {
  const { offsets, labels, values, features } = candidatesOf([one, other], known);
  t.same([...offsets], [0, 4, 5]);
  t.same([...labels], [2, 4, 7, 9, 8]);
  const row = (i: number) => [...values.subarray(i * features, (i + 1) * features)];
  t.same(row(0), [0.25, 0.5, 1, 0.5, -1, 0, 0, -1, 20, 2, 1.5, 4]);
  t.same(row(1), [NaN, NaN, NaN, 0.5, -3, -2, 1, -1, 40, 1, 0.5, 4]);
  t.same(row(4), [NaN, NaN, NaN, NaN, -2, 0, 0, -2, 80, 1, 1, 1], 'nothing found by the first source');
  t.end();
});

test('only the best of each source are taken', (t) => {
  t.same([...candidatesOf([one, other], { ...known, most: 1 }).labels], [2, 7, 8]);
  t.end();
});
