/** Trees as flat arrays. */
import { MISSING, type Binned } from './bins.js';

export interface Forest {
  /** First node of each tree. */
  roots: Int32Array;
  /** Feature that the node splits at; −1 in a leaf. */
  feature: Int16Array;
  /** Values up to and with it go to `below`, others above; in a leaf: its value. */
  threshold: Float32Array;
  /** Child nodes; a missing value goes to `missing`, one of the two. In a leaf 0. */
  below: Int32Array;
  above: Int32Array;
  missing: Int32Array;
}

/** A row's sum, step by step: what `addForest` computes for many. */
export function sumOf(forest: Forest, row: Float32Array): number {
  const { roots, feature, threshold, below, above, missing } = forest;
  return roots.reduce((sum, root) => {
    let node = root;
    for (let own = feature[node]!; own >= 0; own = feature[node]!) {
      const value = row[own]!;
      const edge = threshold[node]!;
      node = value <= edge ? below[node]! : value > edge ? above[node]! : missing[node]!;
    }
    return sum + threshold[node]!;
  }, 0);
}

/** A tree in the making: its nodes split at bins. */
export interface Node {
  feature: number;
  /** Values of this bin and those below go to `below`. */
  bin: number;
  below: number;
  above: number;
  missing: number;
  /** Of a leaf. */
  value: number;
}

/** Adds one tree's values to `sums`. */
export function addTree(tree: readonly Node[], { rows, bins }: Binned, sums: Float64Array): void {
  const feature = Int32Array.from(tree, (node) => node.feature * rows);
  const bin = Int32Array.from(tree, (node) => node.bin);
  const [below, above, missing] = (['below', 'above', 'missing'] as const).map((way) =>
    Int32Array.from(tree, (node) => node[way]),
  ) as [Int32Array, Int32Array, Int32Array];
  for (let row = 0; row < rows; row++) {
    let node = 0;
    for (let column = feature[0]!; column >= 0; column = feature[node]!) {
      const own = bins[column + row]!;
      node = own === MISSING ? missing[node]! : own <= bin[node]! ? below[node]! : above[node]!;
    }
    sums[row]! += tree[node]!.value;
  }
}

/** The largest float32: where only missing values go elsewhere. Not infinite, which JSON cannot hold. */
const LARGEST = 3.4028234663852886e38;

/** All trees in one. */
export function forestOf(trees: readonly (readonly Node[])[], edges: readonly Float32Array[]): Forest {
  const nodes = trees.flat();
  const roots = new Int32Array(trees.length);
  for (let i = 1; i < trees.length; i++) roots[i] = roots[i - 1]! + trees[i - 1]!.length;
  const first = trees.flatMap((tree, i) => tree.map(() => roots[i]!));
  const child = (way: 'below' | 'above' | 'missing') =>
    Int32Array.from(nodes, (node, i) => (node.feature < 0 ? 0 : first[i]! + node[way]));
  return {
    roots,
    feature: Int16Array.from(nodes, (node) => node.feature),
    threshold: Float32Array.from(nodes, ({ feature, bin, value }) =>
      feature < 0 ? value : (edges[feature]![bin] ?? LARGEST),
    ),
    below: child('below'),
    above: child('above'),
    missing: child('missing'),
  };
}
