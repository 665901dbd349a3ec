import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isThere } from './is-there.js';
import { syncPath } from './sync.js';

/**
 * Makes a folder, and those above it that are missing, so that they outlast a power loss. The name of the lowest one that is there is
 * synced too: the process that made it may have been killed before it did so.
 * @throws InputError if the disk does not answer; otherwise as `mkdir` does.
 */
export function makeFolder(path: string): void {
  const folder = resolve(path);
  if (!isThere(folder)) {
    makeFolder(dirname(folder));
    mkdirSync(folder, { recursive: true }); // another process may make it too
  }
  syncNames(dirname(folder));
}

/** A folder of somebody else, or on a disk that cannot change, may refuse it. */
function syncNames(folder: string): void {
  try {
    syncPath(folder);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EACCES', 'EINVAL'].includes(code)) throw error;
  }
}
