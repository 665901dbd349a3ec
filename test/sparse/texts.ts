import { Random } from '../../src/random.js';

const SYLLABLES = ['ra', 'ti', 'mo', 'sel', 'ku', 'ven', 'o', 'ba'];

/** Texts of words of one to three syllables; some are empty, and some words are frequent. */
export function textsOf(count: number, seed = 0): string[] {
  const random = new Random(seed);
  const below = (n: number): number => Math.floor(random.next() * random.next() * n);
  const word = (): string => Array.from({ length: 1 + below(3) }, () => SYLLABLES[below(8)]).join('');
  return Array.from({ length: count }, () => Array.from({ length: below(14) }, word).join(' '));
}
