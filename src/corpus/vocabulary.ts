import type { Synset } from './wordnet.js';

/** Words to make phrases of, and what may stand for each. */
export interface Vocabulary {
  readonly words: readonly string[];
  /** Indices of other words that share a synset with each; often none. */
  readonly synonyms: readonly (readonly number[])[];
}

/** Of WordNet's lemmas those of one word, in lower case: so that words in a row are told apart. */
export function vocabularyOf(synsets: readonly Synset[]): Vocabulary {
  const ids = new Map<string, number>();
  const synonyms: Set<number>[] = [];
  for (const { lemmas } of synsets) {
    const own = lemmas
      .map((lemma) => lemma.toLowerCase())
      .filter((lemma) => /^[a-z]{2,}$/.test(lemma))
      .map((word) => {
        if (!ids.has(word)) {
          ids.set(word, ids.size);
          synonyms.push(new Set());
        }
        return ids.get(word)!;
      });
    for (const a of own) for (const b of own) if (a !== b) synonyms[a]!.add(b);
  }
  return { words: [...ids.keys()], synonyms: synonyms.map((set) => [...set]) };
}
