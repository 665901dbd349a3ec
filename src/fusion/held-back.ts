import { Random } from '../random.js';

/** Share of the training texts that fusion is fitted to, and how many at most. */
const SHARE = 0.05;
const MOST = 20_000;

/**
 * Some texts at random, on which neither module is trained. On texts that they were trained on, classifiers score their
 * own labels higher than those of new texts, and fusion fitted there would trust them too much.
 */
export function holdBack(rows: Int32Array, seed: number): { kept: Int32Array; held: Int32Array } {
  const shuffled = Random.of(seed, 'held back').shuffle(rows.slice());
  const count = Math.min(MOST, Math.floor(SHARE * rows.length));
  return { kept: shuffled.slice(count).sort(), held: shuffled.slice(0, count).sort() };
}
