/** Makes a score a probability: p = 1 / (1 + exp(−(slope · score + shift))), which keeps the order (Platt 1999). */

export interface Platt {
  slope: number;
  shift: number;
}

const STEPS = 50;

export const probability = ({ slope, shift }: Platt, score: number): number =>
  1 / (1 + Math.exp(-(slope * score + shift)));

/** Fits both by Newton's method to weighted examples of right (1) and wrong (0) ones; a slope is never below 0.01. */
export function fitPlatt(scores: Float64Array, target: Uint8Array, weights: Float32Array): Platt {
  let [slope, shift] = [1, 0];
  for (let step = 0; step < STEPS; step++) {
    // The prior of one example each, right and wrong, at score 0 keeps both finite.
    const p = probability({ slope, shift }, 0);
    let [g0, h00, g1, h01, h11] = [2 * p - 1, 2 * p * (1 - p), 0, 0, 1e-3];
    scores.forEach((score, i) => {
      const p = probability({ slope, shift }, score);
      const [g, h] = [weights[i]! * (p - target[i]!), weights[i]! * p * (1 - p)];
      g0 += g;
      g1 += g * score;
      h00 += h;
      h01 += h * score;
      h11 += h * score * score;
    });
    const determinant = h00 * h11 - h01 * h01;
    const [bySlope, byShift] = [(h00 * g1 - h01 * g0) / determinant, (h11 * g0 - h01 * g1) / determinant];
    if (!Number.isFinite(bySlope) || !Number.isFinite(byShift)) break;
    slope = Math.max(0.01, slope - bySlope);
    shift -= byShift;
    if (Math.abs(bySlope) + Math.abs(byShift) < 1e-9) break;
  }
  return { slope, shift };
}
