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
  const order = Uint32Array.from({ length: begins.length }, (_x, i) => i);
  order.sort((a, b) => begins[a]! - begins[b]!);
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
