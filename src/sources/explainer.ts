import type { SearchKind } from '../search/choose.js';
import type { Owned } from '../stream/run.js';
import type { Prepared } from './part.js';

/** What a score is made of; fields that a source does not have are absent. */
export interface Why {
  /** What each word, pair of words or part of a word of the text adds, the most first; with `bias` they add up to `sum`. */
  terms?: { term: string; adds: number }[];
  bias?: number;
  /** The score itself, rounding aside, or of `words` that of the label's own classifier, without the path to it. */
  sum?: number;
  /** Training texts that vote for the label, by row, the most similar first; their votes add up to the score. */
  texts?: TextVote[];
}

export interface TextVote {
  row: number;
  similarity: number;
  vote: number;
}

export interface ExplainerOptions {
  search: SearchKind;
  /** Threads within one search. */
  threads: number;
}

/** Explains one label of one text. */
export type Explanation = (text: number, label: number) => Why;

/** Says why a source found labels; exactly, or not at all. */
export type Explainer = Owned & {
  /** Of a batch as the source's search got it. */
  explain(batch: Prepared): Explanation | Promise<Explanation>;
};
