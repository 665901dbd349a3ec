/** Where the files of a run are: what is kept lies in its folder, what is temporary in `work/` until the run is complete. */
import { join } from 'node:path';

/** Where a stage leaves its files. */
export interface Places {
  /** A file of the run, kept. */
  kept: (name: string) => string;
  /** A file that is removed when the system is built, or before by `Steps.remove`. */
  temporary: (name: string) => string;
}

export const workOf = (run: string): string => join(run, 'work');

export const placesOf = (run: string): Places => ({
  kept: (name) => join(run, name),
  temporary: (name) => join(workOf(run), name),
});

/** A stage's private folder. */
export const scratchOf = (run: string, stage: string): string =>
  join(workOf(run), 'stages', stage.replaceAll(' ', '-'));
