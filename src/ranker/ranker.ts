import type { Found } from '../search/found.js';

/** Its files are absolute paths. */
export interface Ranker {
  /** Names of the sources that it ranks. */
  readonly sources: readonly string[];
  /** Labels of each source that it looks at, unless more are asked for. */
  readonly candidates: number;
  /** @throws InputError if a file is missing or not what it should be. */
  open(): OpenRanker;
}

export interface OpenRanker extends Disposable {
  /** The `k` best labels for each text, of what each of `sources` found for the same texts. */
  rank(found: Readonly<Record<string, Found>>, k: number): Found;
}
