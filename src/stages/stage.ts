/** A stage: a piece of a system that reads files and leaves files. */
import type { RunOptions } from '../stream/run.js';
import type { Watch } from '../stream/progress.js';
import type { Cost, Size } from './cost.js';
import type { DataFiles } from './data-files.js';
import type { Places } from './places.js';

/** What a manifest can hold. */
export type Json =
  string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };

/** Paths of files, folders, or base names of stores. */
export type Paths = Readonly<Record<string, string>>;

/** What a stage reads: outputs of other stages, the data set, or files of a person's. */
export type Inputs = Readonly<Record<string, string | DataFiles | undefined>>;

export interface Stage<In extends Inputs, Out extends Paths, Part extends string = string> {
  /** Unique within a system; names the stage in the manifest. */
  readonly name: string;
  /** With the inputs, all that the outputs depend on. */
  readonly options: Readonly<Record<string, Json>>;
  /** The outputs' paths, known before the stage runs: a plan and a resumed run need no more. */
  leaves: (places: Places) => Out;
  /** @throws InputError if the options do not fit a data set of this size. */
  cost: (size: Size) => Cost<Part>;
  /** Writes the outputs. Returns what others may want to know, for the manifest. */
  run: (
    inputs: In,
    leaves: Out,
    context: StageContext<Part>,
  ) => Promise<Readonly<Record<string, Json>> | undefined>;
}

export interface StageContext<Part extends string = string> extends Watch {
  /** Changes with the stage's options and with anything it was made from. */
  readonly identity: string;
  /** Folder of the run, which sources' files are relative to. */
  readonly run: string;
  /** A JSON object per epoch is added to this file. */
  readonly log: string;
  /** Private folder of the stage; survives an interruption, so checkpoints are in it. Removed when the stage is done. */
  readonly scratch: string;
  /** Adds a line to what is printed when the run is complete. */
  summarise: (line: string) => void;
  /** To run a pipeline with: counts the items that `operator` finishes as progress of a part of this stage. */
  counting: (part: Part, operator: string, total: number) => RunOptions;
}
