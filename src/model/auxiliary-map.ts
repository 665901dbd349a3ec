/** Which label uses which auxiliary vector (DEXA, Module I): built once, before training. */

/** Labels with at least `minCount` training texts, and the others; both ascending. */
export function headAndTail(frequency: Int32Array, minCount: number): { head: Int32Array; tail: Int32Array } {
  const labels = frequency.map((_count, label) => label);
  return {
    head: labels.filter((label) => frequency[label]! >= minCount),
    tail: labels.filter((label) => frequency[label]! < minCount),
  };
}

/** Label → row: head labels have rows 0, 1, … of their own; the tail's cluster `c` has row `head.length + c`. */
export function auxiliaryRows(head: Int32Array, tail: Int32Array, clusterOf: Int32Array): Int32Array {
  const rows = new Int32Array(head.length + tail.length);
  head.forEach((label, i) => (rows[label] = i));
  tail.forEach((label, i) => (rows[label] = head.length + clusterOf[i]!));
  return rows;
}
