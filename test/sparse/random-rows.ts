import { Random } from '../../src/random.js';
import type { SparseRows } from '../../src/sparse/rows.js';
import { SparseWriter } from '../../src/sparse/store.js';

/** Rows of unit length, with few columns in most of them and many in few; some are empty, and some rows are alike. */
export function randomRows(count: number, columns: number, seed: number): SparseRows {
  const random = new Random(seed);
  const rows: [column: number, value: number][][] = [];
  for (let row = 0; row < count; row++) {
    if (row > 0 && random.below(5) === 0) {
      rows.push(rows[random.below(row)]!);
      continue;
    }
    const own = new Map<number, number>();
    const size = random.below(9);
    for (let i = 0; i < size; i++) own.set(Math.floor(columns * random.next() ** 3), 0.1 + random.next());
    const length = Math.hypot(...own.values());
    rows.push([...own].map(([column, value]): [number, number] => [column, value / length]));
  }
  const sorted = rows.map((row) => row.toSorted(([a], [b]) => a - b));
  const offsets = new Int32Array(count + 1);
  sorted.forEach((row, i) => (offsets[i + 1] = offsets[i]! + row.length));
  return {
    offsets,
    columns: Int32Array.from(sorted.flat(), ([column]) => column),
    values: Float32Array.from(sorted.flat(), ([, value]) => value),
  };
}

export function writeRows(base: string, rows: SparseRows): string {
  using writer = new SparseWriter(base);
  writer.append(rows);
  writer.finish();
  return base;
}
