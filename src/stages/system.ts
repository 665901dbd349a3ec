/** A system: stages wired to each other. One function has two interpreters: one runs it, one plans it. */
import type * as z from 'zod';
import type { RankerSpec } from '../ranker/ranker.js';
import type { SourceSpec } from '../sources/spec.js';
import type { DataFiles } from './data-files.js';
import type { Inputs, Json, Paths, Stage } from './stage.js';

/** What a system's `build` is written in. */
export interface Steps {
  /** Runs a stage, unless the run has its outputs already; returns their paths. */
  do<In extends Inputs, Out extends Paths>(stage: Stage<In, Out>, inputs: NoInfer<In>): Promise<Out>;
  /** The outputs of a stage that was run before. @throws InputError if the run does not have them. */
  expect<Out extends Paths>(stage: Pick<Stage<never, Out>, 'name' | 'leaves'>): Out;
  /** What a stage that was run before returned; undefined if there was none. */
  result(name: string): Readonly<Record<string, Json>> | undefined;
  /** Removes temporary outputs that no later stage reads. */
  remove(...outputs: readonly Paths[]): Promise<void>;
  /** Adds what answers to the run: from then on it can be evaluated and served. */
  offer(answers: { source: SourceSpec } | { ranker: RankerSpec }): Promise<void>;
  /** Tells a person one line. */
  note(message: string): void;
}

/** Groups of options; the names of all their fields together are the flags. */
export type Groups = Readonly<Record<string, z.ZodObject>>;
export type GroupValues<G extends Groups> = { [Name in keyof G]: z.output<G[Name]> };

export interface System<G extends Groups = Groups> {
  readonly name: string;
  readonly summary: string;
  /** Where it was published. */
  readonly paper: string;
  readonly options: G;
  build: (steps: Steps, data: DataFiles, options: GroupValues<G>) => Promise<void>;
}

/** Types the options of `build` by the groups. */
export const system = <const G extends Groups>(definition: System<G>): System<G> => definition;
