/**
 * A decision tree for two classes (CART: binary splits with the largest decrease of Gini impurity). Own code because existing
 * packages sort again at each node and scan all rows for each value: minutes for what takes a second here.
 */

export interface Examples {
  /** Row-major `[n, features]`, finite. */
  values: Float32Array;
  features: number;
  /** `[n]`: 1 where the example belongs to the class. */
  target: Uint8Array;
}

export interface Leaf {
  /** Share of the class among the leaf's examples. */
  share: number;
}

export interface Split {
  feature: number;
  /** Examples with at most this value go below, the others above. */
  threshold: number;
  below: Tree;
  above: Tree;
}

export type Tree = Leaf | Split;

/** Fits a tree of at most `depth` splits from root to leaf. Of equal splits the first feature's lowest wins. */
export function fitTree(examples: Examples, { depth }: { depth: number }): Tree {
  const { values, features, target } = examples;
  const orders = Array.from({ length: features }, (_x, feature) => {
    const order = Uint32Array.from(target, (_y, i) => i);
    return order.sort((a, b) => values[a * features + feature]! - values[b * features + feature]! || a - b);
  });
  return grow(examples, orders, depth);
}

/** `orders` are the examples of one node, sorted by each feature. */
function grow(examples: Examples, orders: readonly Uint32Array[], depth: number): Tree {
  const members = orders[0]!;
  const positives = members.reduce((sum, i) => sum + examples.target[i]!, 0);
  const leaf = { share: members.length === 0 ? 0 : positives / members.length };
  if (depth === 0 || positives === 0 || positives === members.length) return leaf;
  const split = bestSplit(examples, orders, positives);
  if (!split) return leaf;
  const { feature, threshold } = split;
  const { values, features } = examples;
  const isBelow = (i: number): boolean => values[i * features + feature]! <= threshold;
  return {
    feature,
    threshold,
    below: grow(examples, orders.map((order) => order.filter(isBelow)), depth - 1), // prettier-ignore
    above: grow(examples, orders.map((order) => order.filter((i) => !isBelow(i))), depth - 1), // prettier-ignore
  };
}

/** The threshold, midway between neighbours, that leaves the least impurity; none if all values are equal. */
function bestSplit(
  { values, features, target }: Examples,
  orders: readonly Uint32Array[],
  positives: number,
) {
  let best: { feature: number; threshold: number } | undefined;
  let least = Infinity;
  orders.forEach((order, feature) => {
    let below = 0;
    for (let count = 1; count < order.length; count++) {
      below += target[order[count - 1]!]!;
      const value = values[order[count - 1]! * features + feature]!;
      const next = values[order[count]! * features + feature]!;
      if (value === next) continue;
      const impurity = impurityOf(below, count) + impurityOf(positives - below, order.length - count);
      if (impurity < least) {
        least = impurity;
        // Never the upper neighbour itself, which must stay above.
        best = { feature, threshold: value + (next - value) / 2 < next ? value + (next - value) / 2 : value };
      }
    }
  });
  return best;
}

/** The Gini impurity of a node, times its size (and one half). */
const impurityOf = (positives: number, size: number): number => (positives * (size - positives)) / size;

/** The share of the class in the leaf that `values[at ..]` falls into. */
export function shareAt(tree: Tree, values: ArrayLike<number>, at = 0): number {
  let node = tree;
  while ('feature' in node) node = values[at + node.feature]! <= node.threshold ? node.below : node.above;
  return node.share;
}
