/** Features as bins: 8 bits of a value are enough to choose where a tree splits. */

/** The last bin holds missing values (NaN). */
export const BINS = 256;
export const MISSING = BINS - 1;

/** Rows from which the edges of a feature are taken. */
const SAMPLE = 100_000;

/** Row-major float32 `[rows, features]`; NaN where a value is missing. */
export interface Table {
  rows: number;
  features: number;
  values: Float32Array;
}

/** Feature-major `[features, rows]`: bin `b` holds the values above `edges[b − 1]`, up to and with `edges[b]`. */
export interface Binned {
  rows: number;
  features: number;
  bins: Uint8Array;
  /** Of each feature, ascending. */
  edges: readonly Float32Array[];
}

/** A bin for each value of a feature, or bins of about equally many values. */
export function binned({ rows, features, values }: Table): Binned {
  const bins = new Uint8Array(rows * features);
  const step = Math.max(1, Math.floor(rows / SAMPLE));
  const sample = new Float32Array(Math.ceil(rows / step));
  const edges = Array.from({ length: features }, (_x, feature) => {
    let count = 0;
    for (let row = 0; row < rows; row += step) {
      const value = values[row * features + feature]!;
      if (!Number.isNaN(value)) sample[count++] = value;
    }
    return edgesOf(sample.slice(0, count).sort());
  });
  edges.forEach((own, feature) => {
    const column = bins.subarray(feature * rows, (feature + 1) * rows);
    for (let row = 0; row < rows; row++) column[row] = binOf(own, values[row * features + feature]!);
  });
  return { rows, features, bins, edges };
}

/** Edges midway between neighbours in `sorted`. */
function edgesOf(sorted: Float32Array): Float32Array {
  const distinct = sorted.reduce((sum, value, i) => sum + Number(i === 0 || value !== sorted[i - 1]), 0);
  const size = distinct < MISSING ? 0 : sorted.length / MISSING;
  const edges: number[] = [];
  for (let i = 1, begin = 0; i < sorted.length; i++) {
    const [below, above] = [sorted[i - 1]!, sorted[i]!];
    if (below === above || i - begin < size) continue;
    const middle = Math.fround(below + (above - below) / 2);
    edges.push(middle < above ? middle : below); // never the upper neighbour itself, which belongs above
    begin = i;
  }
  return Float32Array.from(edges);
}

/** The first bin whose edge is not below the value; the last but one if none is. */
function binOf(edges: Float32Array, value: number): number {
  if (Number.isNaN(value)) return MISSING;
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
