/** Why a label was found: what each feature of a text adds to the score of the label's own classifier, exactly. */
import { halves } from '../formats/half.js';
import { firstFrom, type TextFeatures } from './score-children.js';
import { boundsOf, clustersOf, numberOf } from './shape.js';
import type { SearchedTree } from './beam-search.js';

export interface Explanation {
  /** Bias plus the sum of contributions. */
  score: number;
  bias: number;
  /** Columns of the text's features with a weight, and weight times value; the largest first. */
  contributions: { column: number; value: number }[];
}

/** `undefined` for a label that has no classifier. Reads one node; finding the label takes time in proportion to labels. */
export function explainLabel(
  { shape, order, weights }: SearchedTree,
  { columns, values }: TextFeatures,
  label: number,
): Explanation | undefined {
  const position = order.indexOf(label);
  if (position < 0) return undefined;
  const level = shape.fanouts.length;
  let index = Math.floor((position * clustersOf(shape)) / shape.labels);
  if (boundsOf(shape, { level, index }).at(-1)! <= position) index++;
  const child = position - boundsOf(shape, { level, index })[0]!;
  const node = weights.node(numberOf(shape, { level, index }));
  const bias = node.bias[child]!;
  if (bias === -Infinity) return undefined;
  const contributions: Explanation['contributions'] = [];
  columns.forEach((column, i) => {
    const at = firstFrom(node.features, column);
    if (node.features[at] !== column) return;
    for (let j = node.starts[at]!; j < node.starts[at + 1]!; j++)
      if (node.children[j] === child)
        contributions.push({ column, value: halves()[node.values[j]!]! * values[i]! });
  });
  contributions.sort((a, b) => b.value - a.value);
  return { score: contributions.reduce((sum, { value }) => sum + value, bias), bias, contributions };
}
