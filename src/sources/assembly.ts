/** How a run answers: what is made of a text, who searches with it, and who ranks what was found. */
import { InputError } from '../errors.js';
import type { Ranker } from '../ranker/ranker.js';
import type { SearchKind } from '../search/choose.js';
import type { Part } from './part.js';
import type { TrainedRun } from './run.js';
import type { LabelSource, Need } from './source.js';
import { FUSED } from './spec.js';

export interface AssemblyOptions {
  /** Whose answer: a source's by its name, or `fused`; default `fused` where the run has a ranker, else its first source's. */
  source?: string | undefined;
  /** How labels are searched; default `auto`: by index where there is one, else exactly. */
  search?: SearchKind | undefined;
}

export interface Assembly {
  /** In this order. Without a ranker the last one adds `found`, else each source's result is under its name. */
  readonly parts: readonly Part[];
  readonly ranker?: Ranker | undefined;
  /** Labels that each source finds at least: what the ranker looks at. */
  readonly candidates: number;
}

/** @throws InputError if the run lacks what is asked for. */
export function assemble(run: TrainedRun, { source, search = 'auto' }: AssemblyOptions): Assembly {
  const { sources, ranker } = answering(run, source);
  const made = new Map<string, string>();
  const parts = sources.flatMap((source) => [
    ...source.needs.flatMap((need) => unmade(need, made)),
    sharing(source.part({ as: ranker ? source.name : 'found', search }), sources.length),
  ]);
  return { parts, ranker, candidates: ranker?.candidates ?? 1 };
}

/** The sources that are searched, those of one model together, and the ranker of what they find. */
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
    const ranked = ranker.sources.map(byName);
    return { sources: ranked.sort((a, b) => modelsOf(a).localeCompare(modelsOf(b))), ranker };
  }
  return { sources: [asked === undefined ? sources[0]! : byName(asked)] };
}

const modelsOf = ({ needs }: LabelSource): string => needs.map(({ model }) => model).join();

/** A need with what it needs itself, as far as the batch does not have it yet. */
function unmade(need: Need, made: Map<string, string>): Part[] {
  if (made.get(need.field) === need.model) return [];
  const before = need.needs.flatMap((other) => unmade(other, made));
  made.set(need.field, need.model);
  return [...before, need];
}

/** Searches that every batch passes through share the threads: one of them alone keeps all busy. */
const sharing = (part: Part, searches: number): Part => ({
  field: part.field,
  operator: ({ threads, ...options }) =>
    part.operator({ threads: Math.ceil(threads / searches), ...options }),
  open: (options) => part.open(options),
});
