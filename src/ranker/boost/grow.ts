/**
 * One tree of a boosted model, grown leaf by leaf: the leaf whose best split lowers the loss most is split next (gain and
 * leaves by second derivatives: XGBoost; growth and histograms: LightGBM).
 */
import { MISSING, type Binned } from './bins.js';
import type { Node } from './forest.js';
import {
  bestSplit,
  histogramOf,
  sumsOf,
  without,
  type Derivatives,
  type Histogram,
  type Penalty,
  type Split,
} from './histogram.js';

export interface GrowOptions extends Penalty {
  leaves: number;
  /** Features that may be split at. */
  features: Int32Array;
}

interface Leaf {
  /** Index of its node. */
  node: number;
  rows: Int32Array;
  histogram: Histogram;
  split: Split | undefined;
}

/** Grows a tree for `rows`. The first node is its root; the value of a leaf is the Newton step. */
export function growTree(
  data: Binned,
  derivatives: Derivatives,
  rows: Int32Array,
  options: GrowOptions,
): Node[] {
  const nodes: Node[] = [];
  const grown = (rows: Int32Array, histogram: Histogram): Leaf => {
    const node = nodes.push(leafOf(histogram, options.l2)) - 1;
    const split = bestSplit(histogram, { edges: data.edges, features: options.features }, options);
    return { node, rows, histogram, split };
  };
  const counted = (rows: Int32Array) => histogramOf(data, derivatives, { rows, features: options.features });
  const leaves = [grown(rows, counted(rows))];
  while (leaves.length < options.leaves) {
    const next = leaves.reduce((a, b) => ((b.split?.gain ?? 0) > (a.split?.gain ?? 0) ? b : a));
    if (!next.split) break;
    const parts = divide(next.rows, next.split, data);
    const small = parts[0].length <= parts[1].length ? 0 : 1;
    const fewer = counted(parts[small]);
    const more = without(next.histogram, fewer);
    const [below, above] = parts.map((part, i) => grown(part, i === small ? fewer : more)) as [Leaf, Leaf];
    const { feature, bin, missingBelow } = next.split;
    const missing = missingBelow ? below.node : above.node;
    nodes[next.node] = { feature, bin, below: below.node, above: above.node, missing, value: 0 };
    leaves[leaves.indexOf(next)] = below;
    leaves.push(above);
  }
  return nodes;
}

function leafOf(histogram: Histogram, l2: number): Node {
  const { gradient, hessian } = sumsOf(histogram);
  const value = hessian + l2 > 0 ? -gradient / (hessian + l2) : 0;
  return { feature: -1, bin: 0, below: 0, above: 0, missing: 0, value };
}

/** Rows below and above a split, in their order. */
function divide(
  rows: Int32Array,
  { feature, bin, missingBelow }: Split,
  { rows: count, bins }: Binned,
): [Int32Array, Int32Array] {
  const column = bins.subarray(feature * count, (feature + 1) * count);
  const all = new Int32Array(rows.length);
  let [below, above] = [0, rows.length];
  for (let i = 0; i < rows.length; i++) {
    const own = column[rows[i]!]!;
    if (own === MISSING ? missingBelow : own <= bin) all[below++] = rows[i]!;
    else all[--above] = rows[i]!;
  }
  return [all.subarray(0, below), all.subarray(above).reverse()];
}
