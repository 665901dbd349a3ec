/** The rows that one node is trained on, in memory, with columns renumbered to those that occur. */
import type { SparseRows } from '../sparse/rows.js';

export interface LocalRows extends SparseRows {
  /** The original column of each local one, ascending. */
  features: Int32Array;
  /** Squared length of each row. */
  squares: Float64Array;
}

/**
 * Renumbers the columns in place: large nodes are in memory once. `marks` has an entry for each original column, all zero, and is
 * zero again afterwards.
 */
export function localRows({ offsets, columns, values }: SparseRows, marks: Int32Array): LocalRows {
  let count = 0;
  const seen = new Int32Array(Math.min(columns.length, marks.length));
  for (const column of columns) {
    if (marks[column]! !== 0) continue;
    marks[column] = 1;
    seen[count++] = column;
  }
  const features = seen.slice(0, count).sort();
  for (let i = 0; i < count; i++) marks[features[i]!] = i;
  for (let i = 0; i < columns.length; i++) columns[i] = marks[columns[i]!]!;
  for (const feature of features) marks[feature] = 0;
  return { offsets, columns, values, features, squares: squaresOf({ offsets, values }) };
}

function squaresOf({ offsets, values }: Pick<SparseRows, 'offsets' | 'values'>): Float64Array {
  const squares = new Float64Array(offsets.length - 1);
  for (let row = 0; row < squares.length; row++) {
    let sum = 0;
    for (let i = offsets[row]!; i < offsets[row + 1]!; i++) sum += values[i]! * values[i]!;
    squares[row] = sum;
  }
  return squares;
}
