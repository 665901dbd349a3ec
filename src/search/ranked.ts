import { listAt, listCount, type Lists } from '../formats/lists.js';
import { emptyFound, type Found } from './found.js';

/**
 * The `k` best for each text of scored labels in any order; of equal scores the earlier first. `excluded` are, for the
 * first texts, labels that they must not get.
 */
export function ranked(
  { labels, scores }: { labels: Lists; scores: Float32Array },
  { k, excluded }: { k: number; excluded?: Lists | undefined },
): Found {
  const texts = listCount(labels);
  const found = emptyFound(texts, k);
  for (let text = 0; text < texts; text++) {
    const ids = listAt(labels, text);
    const begin = labels.offsets[text]!;
    const hidden = excluded && text < listCount(excluded) ? listAt(excluded, text) : undefined;
    const order = Array.from(ids, (_id, i) => i)
      .filter((i) => !hidden?.includes(ids[i]!))
      .sort((a, b) => scores[begin + b]! - scores[begin + a]!)
      .slice(0, k);
    order.forEach((i, rank) => {
      found.ids[text * k + rank] = ids[i]!;
      found.scores[text * k + rank] = scores[begin + i]!;
    });
  }
  return found;
}
