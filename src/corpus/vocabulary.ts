import type { Synset } from './wordnet.js';

/** Words to build phrases from, and their synonyms. */
export interface Vocabulary {
  readonly words: readonly string[];
  /** Indices of other words that share a synset with each; often none. */
  readonly synonyms: readonly (readonly number[])[];
}

/** The single-word lemmas of WordNet, in lower case: single words, so that a phrase splits unambiguously. */
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
