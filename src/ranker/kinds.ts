import { ofKind } from '../files/of-kind.js';
import { boosted } from './boosted.js';
import { published } from './published.js';
import type { Ranker, RankerSpec } from './ranker.js';

/** Kinds of rankers, by their names in manifests. */
const RANKERS: Record<string, (spec: RankerSpec) => Ranker> = {
  boosted,
  published,
};

/** Opens the ranker of the run in a folder. @throws InputError if its kind is unknown or it lacks the name of a file. */
export const rankerOf = (folder: string, spec: RankerSpec): Ranker =>
  ofKind(RANKERS, 'ranker', { folder, spec });
