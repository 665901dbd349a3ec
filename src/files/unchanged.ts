import { stat } from 'node:fs/promises';
import { InputError } from '../errors.js';

/** Size and modification time: enough to notice that a file has changed in place. */
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

/** Runs `read` and returns its result. @throws InputError if one of the files has changed meanwhile. */
export async function whileUnchanged<T>(paths: readonly string[], read: () => Promise<T>): Promise<T> {
  const before = await versionsOf(paths);
  const result = await read();
  const after = await versionsOf(paths);
  const changed = paths.findIndex(
    (_path, i) => before[i]!.bytes !== after[i]!.bytes || before[i]!.modified !== after[i]!.modified,
  );
  if (changed >= 0) throw new InputError(`${paths[changed]!}: changed while it was read`);
  return result;
}
