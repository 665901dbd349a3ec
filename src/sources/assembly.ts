/** How a run finds labels: what its sources need of a text, their searches, and the ranking of what they find. */
import { InputError } from '../errors.js';
import type { Ranker } from '../ranker/ranker.js';
import type { SearchKind } from '../search/choose.js';
import type { Part } from './part.js';
import type { TrainedRun } from './run.js';
import type { LabelSource, Need } from './source.js';
import { FUSED } from './spec.js';

export interface AssemblyOptions {
  /** The name of a source, or `fused`; default `fused` if the run has a ranker, otherwise its first source. */
  source?: string | undefined;
  /** How labels are searched; default `auto`: by index if there is one, otherwise exactly. */
  search?: SearchKind | undefined;
}

export interface Assembly {
  /** In order. Without a ranker the last part adds `found`; with one, each source adds a field of its name. */
  readonly parts: readonly Part[];
  /** Sources that are searched. */
  readonly sources: readonly LabelSource[];
  readonly ranker?: Ranker | undefined;
  /** Minimum number of labels that each source finds, for the ranker. */
  readonly candidates: number;
}

/** @throws InputError if the run does not have the requested source. */
export function assemble(run: TrainedRun, { source, search = 'auto' }: AssemblyOptions): Assembly {
  const { sources, ranker } = answering(run, source);
  const parts = partsOf(sources, { as: ranker ? undefined : 'found', search });
  return { parts, sources, ranker, candidates: ranker?.candidates ?? 1 };
}

/** What sources need and their searches, in order; each adds the field `as`, by default its name. */
export function partsOf(
  sources: readonly LabelSource[],
  { as, search }: { as?: string | undefined; search: SearchKind },
): Part[] {
  const made = new Map<string, string>();
  const byModel = [...sources].sort((a, b) => modelsOf(a).localeCompare(modelsOf(b)));
  const parts = byModel.flatMap((source) => [
    ...source.needs.flatMap((need) => unmade(need, made)),
    source.part({ as: as ?? source.name, search }),
  ]);
  return parts.map((part) => sharing(part, sources.length));
}

/** @throws InputError unless the scores of the answer are probabilities. */
export function checkProbabilities(run: TrainedRun, source?: string): void {
  if (answering(run, source).ranker?.probabilities) return;
  throw new InputError(
    `${run.folder}: scores of ${source ?? 'its answer'} are not probabilities, which a minimum probability needs`,
  );
}

/** The sources to search, and the ranker. */
function answering(
  { folder, sources, ranker }: TrainedRun,
  asked?: string,
): { sources: LabelSource[]; ranker?: Ranker } {
  const byName = (name: string): LabelSource => {
    const source = sources.find((source) => source.name === name);
    if (source) return source;
    const names = [...sources.map(({ name }) => name), ...(ranker ? [FUSED] : [])];
    throw new InputError(`${folder}: has no source ${name}; it has ${names.join(', ')}`);
  };
  if (ranker && (asked ?? FUSED) === FUSED) {
    return { sources: ranker.sources.map(byName), ranker };
  }
  return { sources: [asked === undefined ? sources[0]! : byName(asked)] };
}

const modelsOf = ({ needs }: LabelSource): string => needs.map(({ model }) => model).join();

/** A need and its own needs, without those that the batch already has. */
function unmade(need: Need, made: Map<string, string>): Part[] {
  if (made.get(need.field) === need.model) return [];
  const before = need.needs.flatMap((other) => unmade(other, made));
  made.set(need.field, need.model);
  return [...before, need];
}

/** Parts in series share the threads: each is busy for part of the time alone, and every thread takes memory. */
const sharing = (part: Part, sources: number): Part => ({
  field: part.field,
  operator: ({ threads, ...options }) => part.operator({ threads: Math.ceil(threads / sources), ...options }),
  open: (options) => part.open(options),
});
