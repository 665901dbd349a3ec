/** AdamW (Loshchilov & Hutter 2019), in two forms: as tensors, and by row in place. */
import * as tf from '@tensorflow/tfjs';

export interface AdamOptions {
  /** Default 0.9. */
  beta1?: number;
  /** Default 0.999. */
  beta2?: number;
  /** Default 1e-6, the published code's. */
  epsilon?: number;
}

const DEFAULTS = { beta1: 0.9, beta2: 0.999, epsilon: 1e-6 };

export interface Moments<T> {
  /** Running mean of the gradient. */
  m: T;
  /** Running mean of its square. */
  v: T;
}

/**
 * The step size of a step: learning rate × √(1 − β₂ᵗ) / (1 − β₁ᵗ), t from 1. Epsilon is added
 * before the correction, as in the published optimiser.
 */
export function stepSize(rate: number, t: number, options: AdamOptions = {}): number {
  const { beta1, beta2 } = { ...DEFAULTS, ...options };
  return (rate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
}

/** One step of a complete parameter. `size` is `stepSize(…)`, `decay` the rate × weight decay, both scalars. */
export function adamw<T extends tf.Tensor>(
  parameter: T,
  gradient: T,
  { m, v }: Moments<T>,
  { size, decay, ...options }: AdamOptions & { size: tf.Tensor; decay?: tf.Tensor | undefined },
): Moments<T> & { parameter: T } {
  const { beta1, beta2, epsilon } = { ...DEFAULTS, ...options };
  const mean: T = tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1));
  const square: T = tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const update = tf.mul(size, tf.div(mean, tf.add(tf.sqrt(square), epsilon)));
  const kept: T = decay ? tf.mul(parameter, tf.sub(1, decay)) : parameter;
  return { parameter: tf.sub(kept, update), m: mean, v: square };
}

/** A parameter and its moments, updated in place: rows of length `dim`, or a single row if it is dense. */
export interface Parameter extends Moments<Float32Array> {
  data: Float32Array;
  dim: number;
}

/** A parameter with moments at zero. */
export const parameter = (data: Float32Array, dim = data.length): Parameter => ({
  data,
  dim,
  m: new Float32Array(data.length),
  v: new Float32Array(data.length),
});

/**
 * One step of the rows `rows` (distinct) with their gradients `[rows.length, dim]`, in one pass; other rows
 * and their moments do not change. `size` is `stepSize(…)`, `decay` the rate × weight decay.
 */
export function adamwRows(
  { data, dim, m, v }: Parameter,
  rows: Int32Array,
  gradients: Float32Array,
  { size, decay = 0, ...options }: AdamOptions & { size: number; decay?: number | undefined },
): void {
  const { beta1, beta2, epsilon } = { ...DEFAULTS, ...options };
  const kept = 1 - decay;
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i]! * dim;
    for (let at = start, from = i * dim; at < start + dim; at++, from++) {
      const gradient = gradients[from]!;
      const mean = (m[at] = beta1 * m[at]! + (1 - beta1) * gradient);
      const square = (v[at] = beta2 * v[at]! + (1 - beta2) * gradient * gradient);
      data[at] = kept * data[at]! - (size * mean) / (Math.sqrt(square) + epsilon);
    }
  }
}
