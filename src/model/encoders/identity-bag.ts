import type { Tensors } from '../../formats/safetensors.js';

/** Shapes of the bag encoder's dense parameters; weights are `[in, out]`. */
export const bagShapes = (dim: number): Record<string, number[]> => ({
  'linear.weight': [dim, dim],
  'linear.bias': [dim],
  'residual.weight': [dim, dim],
  'residual.bias': [dim],
});

/** Parameters that make the bag encoder the plain mean of `embedding` (`[rows, dim]`): A = 1, B = 0. */
export function identityBag(embedding: Float32Array, dim: number): Tensors {
  const identity = new Float32Array(dim * dim);
  for (let d = 0; d < dim; d++) identity[d * dim + d] = 1;
  return {
    embedding: { shape: [embedding.length / dim, dim], data: embedding },
    'linear.weight': { shape: [dim, dim], data: identity },
    'linear.bias': { shape: [dim], data: new Float32Array(dim) },
    'residual.weight': { shape: [dim, dim], data: new Float32Array(dim * dim) },
    'residual.bias': { shape: [dim], data: new Float32Array(dim) },
  };
}
