/**
 * A synthetic corpus of any size, generated on demand: nothing is stored. A label is a phrase of two to six words, all
 * distinct; a text is a noisy paraphrase of its one or two labels; some labels are far more frequent than others (Zipf).
 */
import { checkInteger } from '../errors.js';
import { Random } from '../random.js';
import { permutation } from '../permutation.js';
import type { Vocabulary } from './vocabulary.js';

export interface CorpusOptions {
  vocabulary: Vocabulary;
  /** At most the square of the number of words. */
  labels: number;
  seed: number;
}

export interface CorpusText {
  text: string;
  /** One or two, distinct. */
  labels: number[];
}

export interface Corpus {
  label(id: number): string;
  /** The `row`-th text of a part, such as `train`; parts are drawn independently. */
  text(part: string, row: number): CorpusText;
}

/** The r-th most frequent label is about r^−0.8 times as frequent as the first. */
const EXPONENT = 0.8;
const MORE_WORDS = 4;
const SECOND_LABEL = 0.2;
const KEPT = 0.8;
const SYNONYM = 0.3;
const NOISE_WORDS = 3;

/** @throws RangeError if there are not enough words for that many labels. */
export function corpusOf({ vocabulary: { words, synonyms }, labels, seed }: CorpusOptions): Corpus {
  checkInteger('labels', labels, 2, words.length ** 2);
  const pairOf = permutation(words.length ** 2, seed);
  const labelOf = permutation(labels, seed + 1);

  /** An ordered pair of words that is unique to the label, and up to four more words. */
  const phrase = (id: number): number[] => {
    const random = Random.of(seed, 'label', id);
    const pair = pairOf(id);
    const more = Array.from({ length: random.below(MORE_WORDS + 1) }, () => random.below(words.length));
    return [Math.floor(pair / words.length), pair % words.length, ...more];
  };

  /** Draws a label by inverting the continuous distribution function. */
  const drawn = (random: Random): number => {
    const rank = (1 + random.next() * (labels ** (1 - EXPONENT) - 1)) ** (1 / (1 - EXPONENT));
    return labelOf(Math.min(labels, Math.floor(rank)) - 1);
  };

  const paraphrase = (id: number, random: Random): number[] => {
    const all = phrase(id);
    const kept = all.filter(() => random.next() < KEPT);
    return (kept.length >= 2 ? kept : all.slice(0, 2)).map((word) => {
      const others = synonyms[word]!;
      return others.length > 0 && random.next() < SYNONYM ? others[random.below(others.length)]! : word;
    });
  };

  const spell = (indices: readonly number[]): string => indices.map((word) => words[word]!).join(' ');
  return {
    label: (id) => spell(phrase(id)),
    text: (part, row) => {
      const random = Random.of(seed, part, row);
      const own = [drawn(random)];
      if (random.next() < SECOND_LABEL) {
        const second = drawn(random);
        if (second !== own[0]) own.push(second);
      }
      const noise = phrase(random.below(labels)).slice(0, 1 + random.below(NOISE_WORDS));
      const all = [...own.flatMap((id) => paraphrase(id, random)), ...noise];
      return { text: spell(random.shuffle(all)), labels: own };
    },
  };
}
