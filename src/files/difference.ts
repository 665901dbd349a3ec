import { show } from '../show.js';

type Config = Readonly<Record<string, unknown>>;

/** A config as it comes back from a file of JSON. */
export const asStored = (config: Config): Config => JSON.parse(JSON.stringify(config)) as Config;

/** What first differs between two configs, both as stored: `lr 0.004, not 0.5`. Nothing if they are the same. */
export function firstDifference(
  before: Config,
  now: Config,
  except: readonly string[] = [],
): string | undefined {
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)]))
    if (!except.includes(key) && JSON.stringify(before[key]) !== JSON.stringify(now[key]))
      return `${key} ${show(before[key])}, not ${show(now[key])}`;
  return undefined;
}
