/** Makes a score a probability and keeps the order: beta calibration (Kull et al. 2017), Curve's with two slopes. */

/** p = σ(low · min + high · max + shift), where min = −ln(1 + e^−s) and max = ln(1 + e^s) are smooth halves of s. */
export interface Curve {
  low: number;
  high: number;
  shift: number;
}

const STEPS = 50;
/** Slopes are at least this, so that the order is kept. */
const LEAST = 0.01;

const softplus = (s: number): number => Math.max(0, s) + Math.log1p(Math.exp(-Math.abs(s)));

export function probability({ low, high, shift }: Curve, score: number): number {
  return 1 / (1 + Math.exp(low * softplus(-score) - high * softplus(score) - shift));
}

/** Fits the curve by Newton's method to examples that are right (1) or wrong (0) and count by their weights. */
export function fitCurve(scores: Float64Array, target: Uint8Array, weights: Float32Array): Curve {
  let curve: Curve = { low: 1, high: 1, shift: 0 };
  for (let step = 0; step < STEPS; step++) {
    const [a, b, c] = newtonStep(curve, { scores, target, weights });
    if (![a, b, c].every(Number.isFinite)) break;
    curve = {
      low: Math.max(LEAST, curve.low - a),
      high: Math.max(LEAST, curve.high - b),
      shift: curve.shift - c,
    };
    if (Math.abs(a) + Math.abs(b) + Math.abs(c) < 1e-9) break;
  }
  return curve;
}

type Judged = { scores: Float64Array; target: Uint8Array; weights: Float32Array };

/** Inverse of the second derivatives times the first ones. */
function newtonStep(curve: Curve, { scores, target, weights }: Judged): [number, number, number] {
  // A weak prior, slopes of 1 and no shift, keeps everything finite.
  const g = [curve.low - 1, curve.high - 1, curve.shift];
  const h = [1, 0, 0, 1, 0, 1]; // upper triangle
  for (let i = 0; i < scores.length; i++) {
    const p = probability(curve, scores[i]!);
    const x = [-softplus(-scores[i]!), softplus(scores[i]!), 1];
    const first = weights[i]! * (p - target[i]!);
    const second = weights[i]! * p * (1 - p);
    for (let j = 0, at = 0; j < 3; j++) {
      g[j]! += first * x[j]!;
      for (let k = j; k < 3; k++) h[at++]! += second * x[j]! * x[k]!;
    }
  }
  return solve(h, g);
}

/** Solves a symmetric system of three equations by Cramer's rule. */
function solve(h: readonly number[], g: readonly number[]): [number, number, number] {
  const [a, b, c, d, e, f] = h as [number, number, number, number, number, number];
  const [x, y, z] = g as [number, number, number];
  const [aa, bb, cc] = [d * f - e * e, c * e - b * f, b * e - c * d];
  const determinant = a * aa + b * bb + c * cc;
  return [
    (aa * x + bb * y + cc * z) / determinant,
    (bb * x + (a * f - c * c) * y + (b * c - a * e) * z) / determinant,
    (cc * x + (b * c - a * e) * y + (a * d - b * b) * z) / determinant,
  ];
}
