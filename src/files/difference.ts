import { show } from '../show.js';

type Config = Readonly<Record<string, unknown>>;

/** A config as it is after a round trip through JSON. */
export const asStored = (config: Config): Config => JSON.parse(JSON.stringify(config)) as Config;

/** The first field in which two configs differ, both as stored: `lr 0.004, not 0.5`. `undefined` if they are equal. */
export function firstDifference(before: Config, now: Config): string | undefined {
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)]))
    if (JSON.stringify(before[key]) !== JSON.stringify(now[key]))
      return `${key} ${show(before[key])}, not ${show(now[key])}`;
  return undefined;
}
