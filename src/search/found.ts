/** The best labels of some texts: row-major `[texts, k]`, best first, of equal scores the lower id first. */
export interface Found {
  k: number;
  /** Label ids; −1 where fewer than `k` labels exist. */
  ids: Int32Array;
  /** Their scores; −∞ where there is none. */
  scores: Float32Array;
}

/** A result for `texts` with nothing found yet. */
export const emptyFound = (texts: number, k: number): Found => ({
  k,
  ids: new Int32Array(texts * k).fill(-1),
  scores: new Float32Array(texts * k).fill(-Infinity),
});

/** The labels found for one text, best first; those with a score of at least `least`, if it is given. */
export function rankedAt({ ids, scores, k }: Found, text: number, least = -Infinity): Int32Array {
  const row = ids.subarray(text * k, (text + 1) * k);
  const end = row.findIndex((id, rank) => id < 0 || scores[text * k + rank]! < least);
  return end < 0 ? row : row.subarray(0, end);
}

/** The most labels that are found for a text. */
export const MOST_LABELS = 1000;

/** @throws RangeError unless `count` labels can be requested. */
export function checkCount(name: string, count: number): void {
  if (!Number.isInteger(count) || count < 1 || count > MOST_LABELS)
    throw new RangeError(`${name}: expected 1..${MOST_LABELS}, got ${count}`);
}
