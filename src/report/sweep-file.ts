/** `sweep.json`: the settings of a sweep and the rows measured so far. */
import * as z from 'zod';
import { isThere } from '../files/is-there.js';
import { checkJson, readJson } from '../files/read-json.js';
import { show } from '../show.js';
import { InputError } from '../errors.js';
import { SweepRow } from './sweep.js';

const Settings = z.object({
  /** Name of the data set. */
  name: z.string(),
  labels: z.int(),
  train: z.int(),
  test: z.int(),
  /** Options of all runs, as in `train`. */
  headMinCount: z.int(),
  epochs: z.int(),
  batch: z.int(),
  seed: z.int(),
  threads: z.int(),
});
export type SweepSettings = z.infer<typeof Settings>;

const Sweep = z.object({ options: Settings, rows: z.array(SweepRow) });
export type Sweep = z.infer<typeof Sweep>;

/** The sweep of a file, or a new one. @throws InputError if its options differ, so that it is not overwritten. */
export function readSweep(path: string, options: SweepSettings): Sweep {
  if (!isThere(path)) return { options, rows: [] };
  const before = checkJson(path, Sweep, readJson(path));
  for (const key of Object.keys(options) as (keyof SweepSettings)[])
    if (before.options[key] !== options[key])
      throw new InputError(
        `${path}: the sweep was started with ${key} ${show(before.options[key])}, not ${show(options[key])}; remove it first`,
      );
  return before;
}
