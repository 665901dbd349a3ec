/** One read of the file, rows `[first, end)`, which covers the ranges `members`. */
export interface ReadRun {
  first: number;
  end: number;
  members: Uint32Array;
}

/** Ranges in file order, merged where they are at most `near` rows apart, up to `most` rows per read. */
export function* readRuns(
  begins: ArrayLike<number>,
  counts: ArrayLike<number>,
  { near, most }: { near: number; most: number },
): Generator<ReadRun> {
  const order = ascending(begins);
  for (let next = 0; next < order.length;) {
    const first = begins[order[next]!]!;
    let end = first + counts[order[next]!]!;
    let last = next + 1;
    for (; last < order.length; last++) {
      const begin = begins[order[last]!]!;
      const reach = Math.max(end, begin + counts[order[last]!]!);
      if (begin - end > near || reach - first > most) break;
      end = reach;
    }
    yield { first, end, members: order.subarray(next, last) };
    next = last;
  }
}

/** The places of integers ≥ 0 in ascending order, equal ones in their order. */
export function ascending(values: ArrayLike<number>): Uint32Array {
  const count = values.length;
  const order = Uint32Array.from({ length: count }, (_x, i) => i);
  let [sorted, largest] = [true, 0];
  for (let i = 0; i < count; i++) {
    if (values[i]! < largest) sorted = false;
    else largest = values[i]!;
  }
  if (sorted) return order;
  // Numbers are sorted several times faster than by a function that compares them.
  if (largest >= Number.MAX_SAFE_INTEGER / count - 1) return order.sort((a, b) => values[a]! - values[b]!);
  const keys = Float64Array.from(order, (i) => values[i]! * count + i).sort();
  return order.map((_i, at) => keys[at]! % count);
}
