import { InputError } from '../errors.js';
import { within } from '../files/within.js';
import { published } from './published.js';
import type { Ranker } from './ranker.js';
import type { RankerSpec } from './spec.js';

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
