import * as z from 'zod';
import type { Found } from '../search/found.js';

/** A ranker in a run's manifest; `kind` is a key of `RANKERS`, files are relative to the run. */
export const RankerSpec = z.object({ kind: z.string(), files: z.record(z.string(), z.string()) });
export type RankerSpec = Readonly<z.infer<typeof RankerSpec>>;

export interface Ranker {
  /** Names of the sources whose labels it ranks. */
  readonly sources: readonly string[];
  /** Labels of each source that it ranks, unless more are requested. */
  readonly candidates: number;
  /** Whether a score is the probability that the label is right; default no: scores compare within a text only. */
  readonly probabilities?: boolean;
  /** @throws InputError if a file is missing or invalid. */
  open(): OpenRanker;
}

export interface OpenRanker extends Disposable {
  /** The `k` best labels for each text, from what each of `sources` found for the same texts. */
  rank(found: Readonly<Record<string, Found>>, k: number): Found;
}
