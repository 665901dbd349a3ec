import type { Found } from './found.js';

export interface ScoreBlock {
  /** `[texts, stride]`; of each row the first `count` are scores of the labels `first`, `first + 1`, … */
  scores: Float32Array;
  stride: number;
  first: number;
  count: number;
}

/**
 * Merges a block of scores into the best so far. Blocks must come in the order of their labels: a later label
 * never displaces an equal score. `excluded` tells which labels a text must not get. NaN scores never get in.
 */
export function mergeTopK(
  { ids, scores: best, k }: Found,
  { scores, stride, first, count }: ScoreBlock,
  excluded?: (text: number, label: number) => boolean,
): void {
  const texts = ids.length / k;
  for (let text = 0; text < texts; text++) {
    const [begin, last] = [text * k, text * k + k - 1];
    const from = text * stride;
    let least = best[last]!; // reading it for each score takes half as long again
    for (let i = from; i < from + count; i++) {
      const score = scores[i]!;
      if (!(score > least)) continue; // nearly all end here
      const label = first + i - from;
      if (excluded?.(text, label)) continue;
      let at = last;
      for (; at > begin && best[at - 1]! < score; at--) {
        best[at] = best[at - 1]!;
        ids[at] = ids[at - 1]!;
      }
      best[at] = score;
      ids[at] = label;
      least = best[last]!;
    }
  }
}
