import { test } from 'tap';
import { fitTree, shareAt, type Examples, type Tree } from '../../src/ranker/tree.js';
import { Random } from '../../src/random.js';

const depthOf = (tree: Tree): number =>
  'feature' in tree ? 1 + Math.max(depthOf(tree.below), depthOf(tree.above)) : 0;

/** Gini impurity summed over all leaves, found by passing each example through the tree. */
function impurity(tree: Tree, { values, features, target }: Examples): number {
  const leaves = new Map<number, number[]>();
  target.forEach((y, i) => {
    const share = shareAt(tree, values, i * features);
    leaves.set(share, [...(leaves.get(share) ?? []), y]);
  });
  return [...leaves.values()].reduce((sum, ys) => {
    const p = ys.filter((y) => y === 1).length / ys.length;
    return sum + ys.length * p * (1 - p);
  }, 0);
}

const examples = (rows: readonly (readonly number[])[], target: readonly number[]): Examples => ({
  values: Float32Array.from(rows.flat()),
  features: rows[0]!.length,
  target: Uint8Array.from(target),
});

function random(n: number, seed: number): Examples {
  const random = new Random(seed);
  const rows = Array.from({ length: n }, () => [random.below(8), random.next(), random.next()]);
  return examples(
    rows,
    rows.map(([a, b, c]) => Number(a! > 3 ? b! < 0.4 : c! > 0.8)),
  );
}

test('a single split is the best of all possible splits', (t) => {
  const given = random(60, 1);
  const best = impurity(fitTree(given, { depth: 1 }), given);
  for (let feature = 0; feature < 3; feature++)
    for (let i = 0; i < 60; i++) {
      const threshold = given.values[i * 3 + feature]!;
      const parts = [true, false].map((below) =>
        [...given.target].filter((_y, j) => given.values[j * 3 + feature]! <= threshold === below),
      );
      const other = parts.reduce((sum, ys) => {
        const positives = ys.filter((y) => y === 1).length;
        return sum + (ys.length && (positives * (ys.length - positives)) / ys.length);
      }, 0);
      t.ok(best <= other + 1e-9, `feature ${feature} at ${threshold}`);
    }
  t.end();
});

test('it learns what splits can separate, within the depth given', (t) => {
  const given = random(400, 2);
  t.equal(impurity(fitTree(given, { depth: 7 }), given), 0);
  t.equal(depthOf(fitTree(given, { depth: 2 })), 2);
  t.end();
});

test('leaves contain the share of the class; one value, one class or no example makes a leaf', (t) => {
  const rows = [[1], [1], [1], [1]];
  t.same(fitTree(examples(rows, [1, 0, 0, 0]), { depth: 3 }), { share: 0.25 });
  t.same(fitTree(examples([[1], [2]], [1, 1]), { depth: 3 }), { share: 1 });
  t.same(fitTree({ values: new Float32Array(), features: 1, target: new Uint8Array() }, { depth: 3 }), {
    share: 0,
  });
  t.end();
});

test('a threshold is between its neighbours, however close they are', (t) => {
  const [low, high] = [1, Math.fround(1 + 2 ** -23)];
  const tree = fitTree(examples([[low], [high]], [0, 1]), { depth: 1 });
  t.same([shareAt(tree, [low]), shareAt(tree, [high])], [0, 1]);
  t.end();
});
