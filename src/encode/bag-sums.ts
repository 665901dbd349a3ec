/**
 * The score of a bag of embeddings as a sum over its tokens. With m the mean of the token rows, the encoder is h = mA + a and
 * e = h + ReLU(h)B + b, and the score of a label l of unit length is e·l / |e|. The units of h that are above 0 are known for a
 * text; with those, e·l = m·Av + a·v + b·l for v = l + [h > 0] ∘ Bl, which is a sum over the tokens, and exact.
 */
import type { Tensors } from '../formats/safetensors.js';

/** What each token adds to a score, in their order; with the bias they add up to it. */
export interface BagSum {
  adds: Float64Array;
  bias: number;
}

/** From the parameters of a bag: from the tokens of a text, at least one, to the sum of its score of a label, `[dim]`. */
export function bagSums(parameters: Tensors): (tokens: Int32Array) => (label: Float32Array) => BagSum {
  const of = (name: string): Float32Array => parameters[name]!.data;
  const [table, A, a, B, b] = [
    of('embedding'),
    of('linear.weight'),
    of('linear.bias'),
    of('residual.weight'),
    of('residual.bias'),
  ];
  return (tokens) => {
    const rows = Array.from(tokens, (token) => table.subarray(token * a.length, (token + 1) * a.length));
    const mean = new Float64Array(a.length);
    for (const row of rows) row.forEach((x, i) => (mean[i]! += x / rows.length));
    const hidden = plus(rowTimes(mean, A), a);
    const embedding = plus(plus(rowTimes(hidden.map(relu), B), b), hidden);
    const norm = Math.sqrt(dot(embedding, embedding));
    return (label) => {
      const slopes = timesColumn(B, label).map((x, i) => label[i]! + (hidden[i]! > 0 ? x : 0));
      const weights = timesColumn(A, slopes);
      return {
        adds: Float64Array.from(rows, (row) => dot(row, weights) / rows.length / norm),
        bias: (dot(a, slopes) + dot(b, label)) / norm,
      };
    };
  };
}

type Vector = Float32Array | Float64Array;

const relu = (x: number): number => Math.max(0, x);

function dot(x: Vector, y: Vector): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
}

const plus = (x: Float64Array, y: Vector): Float64Array => x.map((value, i) => value + y[i]!);

/** `x` M, of a square matrix in row-major order. */
function rowTimes(x: Float64Array, matrix: Float32Array): Float64Array {
  const size = x.length;
  const product = new Float64Array(size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) product[j]! += x[i]! * matrix[i * size + j]!;
  return product;
}

/** M `x`. */
const timesColumn = (matrix: Float32Array, x: Vector): Float64Array =>
  Float64Array.from(x, (_x, i) => dot(x, matrix.subarray(i * x.length, (i + 1) * x.length)));
