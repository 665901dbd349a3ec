import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { Random } from '../random.js';

/** Size of the noise relative to the values. */
const NOISE = 0.05;

/** `rows` (`[n, dim]`) in `count` dimensions, `[n, count]`: the principal ones if fewer; additional ones start as noise. */
export function inDimensions(rows: Float32Array, dim: number, count: number): Float32Array {
  if (count === dim) return rows;
  return count < dim ? principal(rows, dim, count) : padded(rows, dim, count);
}

/**
 * The coordinates along the `count` principal directions: of all linear maps to that many dimensions, the one that preserves
 * inner products best (a truncated singular value decomposition).
 */
function principal(rows: Float32Array, dim: number, count: number): Float32Array {
  const matrix = Matrix.from1DArray(rows.length / dim, dim, rows);
  const gram = matrix.transpose().mmul(matrix);
  const { eigenvectorMatrix } = new EigenvalueDecomposition(gram, { assumeSymmetric: true }); // eigenvalues ascend
  const kept = eigenvectorMatrix.subMatrix(0, dim - 1, dim - count, dim - 1);
  return Float32Array.from(matrix.mmul(kept).to1DArray());
}

/** Fills additional dimensions with noise: all zeros, they would never learn. */
function padded(rows: Float32Array, dim: number, count: number): Float32Array {
  const size = NOISE * Math.sqrt(rows.reduce((sum, x) => sum + x * x, 0) / rows.length);
  const random = new Random(0);
  const out = Float32Array.from(
    { length: (rows.length / dim) * count },
    () => size * (2 * random.next() - 1),
  );
  for (let row = 0; row * dim < rows.length; row++)
    out.set(rows.subarray(row * dim, (row + 1) * dim), row * count);
  return out;
}
