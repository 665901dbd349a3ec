/** Sums of derivatives by bin, and the best split that they show. */
import { BINS, MISSING, type Binned } from './bins.js';

/** First and second derivatives of the loss, by row. */
export interface Derivatives {
  gradients: Float32Array;
  hessians: Float32Array;
}

/** `[features, bins, 2]`: sums of the first and of the second derivatives. */
export type Histogram = Float64Array;

const WIDTH = 2 * BINS;

/** The histogram of some rows. */
export function histogramOf(
  data: Binned,
  { gradients, hessians }: Derivatives,
  { rows, features }: { rows: Int32Array; features: Int32Array },
): Histogram {
  const histogram = new Float64Array(features.length * WIDTH);
  const count = rows.length;
  const [own, curvature] = [new Float32Array(count), new Float32Array(count)]; // in the order in which they are read
  for (let i = 0; i < count; i++) {
    own[i] = gradients[rows[i]!]!;
    curvature[i] = hessians[rows[i]!]!;
  }
  features.forEach((feature, j) => {
    const column = data.bins.subarray(feature * data.rows, (feature + 1) * data.rows);
    const sums = histogram.subarray(j * WIDTH, (j + 1) * WIDTH);
    for (let i = 0; i < count; i++) {
      const at = 2 * column[rows[i]!]!;
      sums[at]! += own[i]!;
      sums[at + 1]! += curvature[i]!;
    }
  });
  return histogram;
}

/** Sums over all rows of a histogram. */
export function sumsOf(histogram: Histogram): { gradient: number; hessian: number } {
  let [gradient, hessian] = [0, 0];
  for (let at = 0; at < WIDTH; at += 2) {
    gradient += histogram[at]!;
    hessian += histogram[at + 1]!;
  }
  return { gradient, hessian };
}

/** What is left of a histogram without a part of its rows; overwrites it. */
export function without(histogram: Histogram, part: Histogram): Histogram {
  for (let i = 0; i < part.length; i++) histogram[i]! -= part[i]!;
  return histogram;
}

export interface Split {
  feature: number;
  /** Rows with this bin or a lower one go below. */
  bin: number;
  missingBelow: boolean;
  /** By how much it lowers the loss, times two. */
  gain: number;
}

export interface Penalty {
  /** Of the square of a leaf's value. */
  l2: number;
  /** Minimum sum of second derivatives in a leaf. */
  minHessian: number;
}

/** The split with the largest gain; of equal ones the first. None if no split has a gain. */
export function bestSplit(
  histogram: Histogram,
  { features, edges }: { features: Int32Array; edges: Binned['edges'] },
  penalty: Penalty,
): Split | undefined {
  let best: Split | undefined;
  features.forEach((feature, j) => {
    const sums = histogram.subarray(j * WIDTH, (j + 1) * WIDTH);
    const split = bestOf(sums, edges[feature]!.length, penalty, best?.gain ?? 1e-9);
    if (split) best = { feature, ...split };
  });
  return best;
}

/** The best split of one feature, whose largest bin is `last`, if its gain is above `least`. */
function bestOf(
  sums: Float64Array,
  last: number,
  { l2, minHessian }: Penalty,
  least: number,
): Omit<Split, 'feature'> | undefined {
  const [missing, missingCurvature] = [sums[2 * MISSING]!, sums[2 * MISSING + 1]!];
  const { gradient, hessian } = sumsOf(sums);
  const whole = gradient ** 2 / (hessian + l2);
  let best: Omit<Split, 'feature'> | undefined;
  let [below, curvature] = [0, 0];
  for (let bin = 0; bin <= last; bin++) {
    below += sums[2 * bin]!;
    curvature += sums[2 * bin + 1]!;
    for (let way = 0; way < 2; way++) {
      const g = way === 0 ? below : below + missing;
      const h = way === 0 ? curvature : curvature + missingCurvature;
      if (h < minHessian || hessian - h < minHessian) continue;
      const gain = g ** 2 / (h + l2) + (gradient - g) ** 2 / (hessian - h + l2) - whole;
      if (gain <= (best?.gain ?? least)) continue;
      best = { bin, missingBelow: way === 1, gain };
    }
  }
  return best;
}
