/** A system: stages wired together by one function, `build`, with two interpreters: one runs it, one plans it. */
import type * as z from 'zod';
import type { RankerSpec } from '../ranker/ranker.js';
import type { SourceSpec } from '../sources/spec.js';
import type { DataFiles } from './data-files.js';
import type { Inputs, Json, Paths, Stage } from './stage.js';

/** The operations that a system's `build` is written in. */
export interface Steps {
  /** Runs a stage unless the run already has its outputs; returns their paths. */
  do<In extends Inputs, Out extends Paths>(stage: Stage<In, Out>, inputs: NoInfer<In>): Promise<Out>;
  /** The outputs of a stage that ran earlier. @throws InputError if the run does not have them. */
  expect<Out extends Paths>(stage: Pick<Stage<never, Out>, 'name' | 'leaves'>): Out;
  /** What a stage that ran earlier returned; `undefined` if it did not run. */
  result(name: string): Readonly<Record<string, Json>> | undefined;
  /** Removes temporary outputs that no later stage reads. */
  remove(...outputs: readonly Paths[]): Promise<void>;
  /** Adds a source or the ranker to the run, which can then be evaluated and served. */
  offer(answers: { source?: SourceSpec; ranker?: RankerSpec }): Promise<void>;
  /** Shows the user one line. */
  note(message: string): void;
}

/** Groups of options; their fields, flattened, are the command's flags. */
export type Groups = Readonly<Record<string, z.ZodObject>>;
export type GroupValues<G extends Groups> = { [Name in keyof G]: z.output<G[Name]> };

export interface System<G extends Groups = Groups> {
  readonly name: string;
  readonly summary: string;
  /** DOI of the publication. */
  readonly paper: string;
  readonly options: G;
  build: (steps: Steps, data: DataFiles, options: GroupValues<G>) => Promise<void>;
}

/** Infers the type of `build`'s options from the groups. */
export const system = <const G extends Groups>(definition: System<G>): System<G> => definition;
