import { halves } from '../formats/half.js';
import type { NodeWeights } from './node-weights.js';

/** One text: columns of its features, ascending, and their values. */
export interface TextFeatures {
  columns: Int32Array;
  values: Float32Array;
}

/** The score of each child of a node: its bias plus weights times values; into the start of `into`. */
export function scoreChildren(
  { bias, features, starts, children, values: weights }: NodeWeights,
  { columns, values }: TextFeatures,
  into: Float32Array,
): void {
  into.set(bias);
  const decoded = halves();
  let from = 0;
  for (let i = 0; i < columns.length; i++) {
    from = firstFrom(features, columns[i]!, from);
    if (features[from] !== columns[i]) continue;
    const value = values[i]!;
    for (let j = starts[from]!; j < starts[from + 1]!; j++)
      into[children[j]!]! += decoded[weights[j]!]! * value;
  }
}

/** Index of the first of the ascending `features` that is not below `feature`, at or after `from`. */
export function firstFrom(features: Int32Array, feature: number, from = 0): number {
  let [low, high] = [from, features.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (features[middle]! < feature) low = middle + 1;
    else high = middle;
  }
  return low;
}
