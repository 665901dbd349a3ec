import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/**
 * The coordinates of `rows` (`[n, dim]`) along their `count` directions of most weight, `[n, count]`: of all linear maps
 * to so few dimensions the one that keeps inner products best (a truncated singular value decomposition).
 */
export function principal(rows: Float32Array, dim: number, count: number): Float32Array {
  const matrix = Matrix.from1DArray(rows.length / dim, dim, rows);
  const gram = matrix.transpose().mmul(matrix);
  const { eigenvectorMatrix } = new EigenvalueDecomposition(gram, { assumeSymmetric: true }); // eigenvalues ascend
  const kept = eigenvectorMatrix.subMatrix(0, dim - 1, dim - count, dim - 1);
  return Float32Array.from(matrix.mmul(kept).to1DArray());
}
