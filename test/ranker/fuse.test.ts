import { test } from 'tap';
import { chooseFusion, type Judged } from '../../src/ranker/fit.js';
import { fuse, type TwoRankings } from '../../src/ranker/fuse.js';
import type { Tree } from '../../src/ranker/tree.js';
import { heldCount, holdBack } from '../../src/stages/hold-back.js';
import { RowSet } from '../../src/store/row-set.js';
import { toLists } from '../../src/formats/lists.js';
import { Random } from '../../src/random.js';

const found = (ids: number[][], scores: number[][]) => ({
  k: ids[0]!.length,
  ids: Int32Array.from(ids.flat()),
  scores: Float32Array.from(scores.flat()),
});

const rankings: TwoRankings = {
  classifier: found([[4, 2, -1]], [[0.5, 0.25, -Infinity]]),
  encoder: found([[2, 7, 9]], [[0.75, 0.5, 0.5]]),
};
const inversePropensity = (label: number): number => label;

test('by tree: share + both scores if the classifiers found the label, otherwise the embedding score', (t) => {
  // Splits at the inverse propensity, which is the third feature.
  const tree: Tree = { feature: 2, threshold: 3, below: { share: 0.125 }, above: { share: 1 } };
  const { ids, scores } = fuse({ by: 'tree', tree }, rankings, { k: 5, inversePropensity });
  t.same([...ids], [4, 2, 7, 9, -1], 'of equal scores the lower id first');
  t.same([...scores], [1.5, 1.125, 0.5, 0.5, -Infinity]);
  t.end();
});

test('by weight: the weighted mean, where a missing score counts as the lowest', (t) => {
  const { ids, scores } = fuse({ by: 'linear', weight: 0.5 }, rankings, { k: 4, inversePropensity });
  t.same([...ids], [2, 4, 7, 9], 'of equal scores the lower id first');
  t.same([...scores], [0.5, 0.5, 0.375, 0.375]);
  for (const [weight, best] of [
    [0, 4],
    [1, 2],
  ] as const)
    // prettier-ignore
    t.equal(fuse({ by: 'linear', weight }, rankings, { k: 1, inversePropensity }).ids[0], best);
  t.end();
});

/** Batches of texts whose label is found by one ranking if its id is even, and by the other if it is odd. */
function judged(batches: number): Judged[] {
  const random = new Random(5);
  return Array.from({ length: batches }, () => {
    const labels = Array.from({ length: 20 }, () => [random.below(100)]);
    const near = labels.map(([label]) => [label!, 100 + random.below(100)]);
    const sure = (even: boolean) =>
      found(
        near,
        labels.map(([label]) => (label! % 2 === Number(!even) ? [0.9, 0.1] : [0.4, 0.5])),
      );
    return { classifier: sort(sure(true)), encoder: sort(sure(false)), labels: toLists(labels) };
  });
}

/** Two labels, best first, as a search returns them. */
function sort({ k, ids, scores }: ReturnType<typeof found>) {
  for (let at = 0; at < ids.length; at += 2)
    if (scores[at]! < scores[at + 1]!) {
      ids.subarray(at, at + 2).reverse();
      scores.subarray(at, at + 2).reverse();
    }
  return { k, ids, scores };
}

test('the better fusion is chosen and is better than both inputs', (t) => {
  const { best, comparison } = chooseFusion(judged(10), () => 1);
  const { encoder, classifier, tree, linear } = comparison;
  t.ok(encoder > 0.3 && encoder < 0.7 && classifier > 0.3 && classifier < 0.7, 'each finds about half');
  t.ok(Math.max(tree, linear) > 0.95, JSON.stringify(comparison));
  t.equal(best.by, linear > tree ? 'linear' : 'tree');
  t.end();
});

function rowSet(size: number, rows: Iterable<number>): RowSet {
  const set = new RowSet(size);
  for (const row of rows) set.add(row);
  return set;
}

test('a few texts are held back, the same for the same seed', (t) => {
  const rows = Int32Array.from({ length: 1000 }, (_x, i) => 3 * i);
  const texts = rowSet(3000, rows);
  const held = holdBack(texts, 7, 'published');
  t.equal(held.length, 50);
  t.same(
    [...[...texts.blocks(100)].flatMap((block) => [...block]), ...held].sort((a, b) => a - b),
    [...rows],
  );
  t.same([...holdBack(rowSet(3000, rows), 7, 'published')], [...held]);
  t.notSame([...holdBack(rowSet(3000, rows), 8, 'published')], [...held]);
  t.same(
    [...held],
    [...held].sort((a, b) => a - b),
    'ascending',
  );
  t.end();
});

test('for boosted trees more of few texts are held back, and fewer of many', (t) => {
  const counts = [10, 1000, 3000, 20_000, 3_000_000];
  t.same(counts.map((texts) => heldCount(texts, 'boosted')), [1, 100, 300, 1000, 10_000]); // prettier-ignore
  t.same(counts.map((texts) => heldCount(texts, 'published')), [1, 50, 150, 1000, 20_000]); // prettier-ignore
  t.end();
});
