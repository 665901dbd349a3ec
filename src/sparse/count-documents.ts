import { TermCounts } from './term-counts.js';
import { readable, visitTerms, type TermKind } from './terms.js';

/** Some terms and the number of documents that each occurs in. */
export interface Frequencies {
  terms: Int32Array;
  counts: Int32Array;
}

/** The distinct terms of some texts, and in how many of the texts each occurs. */
export function countDocuments(texts: readonly string[], kinds: ReadonlySet<TermKind>): Frequencies {
  const [all, own] = [new TermCounts(), new TermCounts()];
  for (const text of texts) {
    own.clear();
    visitTerms(readable(text), kinds, (term) => {
      own.add(term);
    });
    for (const term of own.terms) all.add(term);
  }
  return { terms: all.terms.slice(), counts: all.counts.slice() };
}
