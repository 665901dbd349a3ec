/** A stage: a step of a system that reads files and writes files. */
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

/** What a stage reads: outputs of other stages, the data set, or files of the user's. */
export type Inputs = Readonly<Record<string, string | DataFiles | undefined>>;

export interface Stage<In extends Inputs, Out extends Paths, Part extends string = string> {
  /** Unique within a system; names the stage in the manifest. */
  readonly name: string;
  /** Everything besides the inputs that the outputs depend on. */
  readonly options: Readonly<Record<string, Json>>;
  /** Paths of the outputs, known before the stage runs: a plan or a resumed run needs nothing else. */
  leaves: (places: Places) => Out;
  /** @throws InputError if the options do not fit a data set of this size. */
  cost: (size: Size) => Cost<Part>;
  /** Writes the outputs. Returns the result to record in the manifest. */
  run: (
    inputs: In,
    leaves: Out,
    context: StageContext<Part>,
  ) => Promise<Readonly<Record<string, Json>> | undefined>;
}

export interface StageContext<Part extends string = string> extends Watch {
  /** Changes with the stage's options and with all that its inputs were built from. */
  readonly identity: string;
  /** Folder of the run; files of sources are relative to it. */
  readonly run: string;
  /** One JSON object per epoch is appended to this file. */
  readonly log: string;
  /** Private folder of the stage, for checkpoints too: it survives an interruption. Removed when the stage is done. */
  readonly scratch: string;
  /** Adds a line to the summary that is printed when the run is complete. */
  summarise: (line: string) => void;
  /** Options to run a pipeline with: reports the items that `operator` finishes as progress of a part of this stage. */
  counting: (part: Part, operator: string, total: number) => RunOptions;
}
