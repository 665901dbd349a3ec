/** From what several sources found to one ranking. */
import { InputError } from '../errors.js';
import type { Found } from '../search/found.js';
import { within, type RankerSpec } from '../sources/spec.js';
import { published } from './published.js';

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

/** Kinds of rankers by their names in manifests. */
const RANKERS: Record<string, (spec: RankerSpec) => Ranker> = {
  published,
};

/** The ranker of the run in a folder. @throws InputError if its kind is unknown, or it does not name a file. */
export function rankerOf(folder: string, spec: RankerSpec): Ranker {
  const open = Object.hasOwn(RANKERS, spec.kind) ? RANKERS[spec.kind] : undefined;
  if (!open)
    throw new InputError(`ranker ${spec.kind} is unknown; known: ${Object.keys(RANKERS).join(', ')}`);
  return open(within(folder, spec));
}
