import { stat } from 'node:fs/promises';
import { InputError } from '../errors.js';

/** What tells a file from what it was before, as long as it stays where it is. */
export interface Version {
  bytes: number;
  /** Milliseconds since 1970. */
  modified: number;
}

export const versionsOf = (paths: readonly string[]): Promise<Version[]> =>
  Promise.all(
    paths.map(async (path) => {
      const { size, mtimeMs } = await stat(path);
      return { bytes: size, modified: mtimeMs };
    }),
  );

/** What `read` makes of files. @throws InputError if one of them changes meanwhile. */
export async function whileUnchanged<T>(paths: readonly string[], read: () => Promise<T>): Promise<T> {
  const before = await versionsOf(paths);
  const made = await read();
  const after = await versionsOf(paths);
  const changed = paths.findIndex(
    (_path, i) => before[i]!.bytes !== after[i]!.bytes || before[i]!.modified !== after[i]!.modified,
  );
  if (changed >= 0) throw new InputError(`${paths[changed]!}: changed while it was read`);
  return made;
}
