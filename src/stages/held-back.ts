import { permutation } from '../permutation.js';
import { Random } from '../random.js';
import type { RowSet } from '../store/row-set.js';

/** Share of the training texts that the fusion is fitted to, and how many at most. */
const SHARE = 0.05;
const MOST = 20_000;

/**
 * Removes random texts from those to train on, and returns them, ascending. On texts that they were trained on,
 * classifiers score true labels higher than on new texts, and a fusion fitted there would trust them too much.
 */
export function holdBack(texts: RowSet, seed: number): Int32Array {
  const count = Math.min(MOST, Math.floor(SHARE * texts.count));
  const rowAt = permutation(texts.size, Random.of(seed, 'held back').below(2 ** 31));
  const held = new Int32Array(count);
  for (let i = 0, taken = 0; taken < count; i++) if (texts.has(rowAt(i))) held[taken++] = rowAt(i);
  for (const row of held) texts.delete(row);
  return held.sort();
}
