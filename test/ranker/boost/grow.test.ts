import { test } from 'tap';
import { binned, MISSING, type Binned, type Table } from '../../../src/ranker/boost/bins.js';
import { addForest } from '../../../src/ranker/boost/evaluate-forest.js';
import { addTree, forestOf, sumOf, type Node } from '../../../src/ranker/boost/forest.js';
import { growTree } from '../../../src/ranker/boost/grow.js';
import type { Derivatives } from '../../../src/ranker/boost/histogram.js';
import { Random } from '../../../src/random.js';

const ROWS = 300;
const FEATURES = 4;
const PENALTY = { l2: 1, minHessian: 2 };
const features = Int32Array.of(0, 1, 2, 3);
const rows = Int32Array.from({ length: ROWS }, (_x, i) => i);

/** Values with few and with many distinct ones, a fifth of them missing. */
function data(seed: number): { table: Table; derivatives: Derivatives } {
  const random = new Random(seed);
  const value = (i: number) => (i % FEATURES === 0 ? random.below(3) : random.next());
  const values = Float32Array.from({ length: ROWS * FEATURES }, (_x, i) =>
    random.next() < 0.2 ? NaN : value(i),
  );
  return {
    table: { rows: ROWS, features: FEATURES, values },
    derivatives: {
      gradients: Float32Array.from({ length: ROWS }, () => random.next() - 0.5),
      hessians: Float32Array.from({ length: ROWS }, () => random.next()),
    },
  };
}

const sums = (rows: readonly number[], { gradients, hessians }: Derivatives) => ({
  g: rows.reduce((sum, row) => sum + gradients[row]!, 0),
  h: rows.reduce((sum, row) => sum + hessians[row]!, 0),
});

/** The largest gain of any split of some rows, by trying each. */
function largestGain(rows: readonly number[], { bins, rows: count }: Binned, derivatives: Derivatives) {
  const gainOf = ({ g, h }: { g: number; h: number }) => g ** 2 / (h + PENALTY.l2);
  const whole = gainOf(sums(rows, derivatives));
  let largest = 0;
  for (const feature of features)
    for (let bin = 0; bin < MISSING; bin++)
      for (const missingBelow of [false, true]) {
        const binOf = (row: number) => bins[feature * count + row]!;
        const isBelow = (row: number) => (binOf(row) === MISSING ? missingBelow : binOf(row) <= bin);
        const parts = [true, false].map((side) => sums(rows.filter((row) => isBelow(row) === side), derivatives)); // prettier-ignore
        if (parts.some(({ h }) => h < PENALTY.minHessian)) continue;
        largest = Math.max(largest, parts.reduce((sum, part) => sum + gainOf(part), -whole)); // prettier-ignore
      }
  return largest;
}

/** Loss that a tree removes, times two, by passing each row through it. */
function gained(tree: readonly Node[], given: Binned, derivatives: Derivatives) {
  const leaves = new Map<number, number[]>();
  const found = new Float64Array(ROWS);
  addTree(tree, given, found);
  found.forEach((value, row) => leaves.set(value, [...(leaves.get(value) ?? []), row]));
  const gainOf = ({ g, h }: { g: number; h: number }) => g ** 2 / (h + PENALTY.l2);
  const all = [...leaves.values()].reduce((sum, own) => sum + gainOf(sums(own, derivatives)), 0);
  return all - gainOf(sums([...rows], derivatives));
}

test('the first split is the best of all, missing values on either side', (t) => {
  for (const seed of [1, 2, 3]) {
    const { table, derivatives } = data(seed);
    const given = binned(table);
    const tree = growTree(given, derivatives, rows, { ...PENALTY, leaves: 2, features });
    t.equal(tree.length, 3);
    const [own, best] = [gained(tree, given, derivatives), largestGain([...rows], given, derivatives)];
    t.ok(Math.abs(own - best) < 1e-6, `${own} and ${best}`);
  }
  t.end();
});

test('leaves are Newton steps, as many as allowed, each with enough curvature; more leaves lower the loss', (t) => {
  const { table, derivatives } = data(4);
  const given = binned(table);
  const grown = [2, 4, 8].map((leaves) =>
    growTree(given, derivatives, rows, { ...PENALTY, leaves, features }),
  );
  const gains = grown.map((tree) => gained(tree, given, derivatives));
  t.ok(gains[0]! < gains[1]! && gains[1]! < gains[2]!, gains.join());
  t.equal(grown[2]!.filter(({ feature }) => feature < 0).length, 8);
  const found = new Float64Array(ROWS);
  addTree(grown[2]!, given, found);
  for (const { feature, value } of grown[2]!) {
    if (feature >= 0) continue;
    const own = sums([...rows].filter((row) => found[row] === value), derivatives); // prettier-ignore
    t.ok(own.h >= PENALTY.minHessian - 1e-6);
    t.ok(Math.abs(value + own.g / (own.h + PENALTY.l2)) < 1e-6);
  }
  t.end();
});

test('a forest gives to values what its trees give to their bins', (t) => {
  const { table, derivatives } = data(5);
  const given = binned(table);
  const trees = [3, 9].map((leaves) => growTree(given, derivatives, rows, { ...PENALTY, leaves, features }));
  const [byBins, byValues] = [new Float64Array(ROWS), new Float64Array(ROWS)];
  for (const tree of trees) addTree(tree, given, byBins);
  addForest(forestOf(trees, given.edges), table, byValues);
  const forest = forestOf(trees, given.edges);
  byBins.forEach((value, row) => {
    t.ok(Math.abs(value - byValues[row]!) < 1e-6);
    const own = table.values.subarray(row * FEATURES, (row + 1) * FEATURES);
    t.equal(sumOf(forest, own), byValues[row], 'and step by step');
  });
  t.end();
});

test('a forest passes some rows through some of its trees', (t) => {
  const { table, derivatives } = data(6);
  const given = binned(table);
  const trees = [3, 5, 9].map((leaves) =>
    growTree(given, derivatives, rows, { ...PENALTY, leaves, features }),
  );
  const forest = forestOf(trees, given.edges);
  const some = rows.filter((row) => row % 3 === 0);
  const [all, parts] = [new Float64Array(ROWS), new Float64Array(ROWS)];
  addForest(forest, table, all);
  addForest(forest, table, parts, { to: 1 });
  addForest(forest, table, parts, { from: 1, rows: some });
  const first = new Float64Array(ROWS);
  addForest(forestOf(trees.slice(0, 1), given.edges), table, first);
  parts.forEach((value, row) => {
    t.ok(Math.abs(value - (row % 3 === 0 ? all : first)[row]!) < 1e-9);
  });
  t.end();
});
