import { rankedAt, type Found } from '../search/found.js';

/** How a source found a label. */
export interface FoundBy {
  source: string;
  /** On the scale of the source. */
  score: number;
  /** From 1. */
  rank: number;
}

/** The sources among `names` that found a label for a text, from what each found. */
export const foundBy = (
  found: Readonly<Record<string, Found>>,
  names: readonly string[],
  { text, label }: { text: number; label: number },
): FoundBy[] =>
  names.flatMap((source) => {
    const own = found[source]!;
    const at = rankedAt(own, text).indexOf(label);
    return at < 0 ? [] : [{ source, score: own.scores[text * own.k + at]!, rank: at + 1 }];
  });
