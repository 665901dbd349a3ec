/** Where the files of a run are: kept files in its folder, temporary ones in `work/` until the run is complete. */
import { join } from 'node:path';

/** Where a stage writes its files. */
export interface Places {
  /** A file that is kept in the run. */
  kept: (name: string) => string;
  /** A file that is removed when the run is complete, or earlier by `Steps.remove`. */
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
