import { statSync } from 'node:fs';
import { InputError } from '../errors.js';

/**
 * Whether a file or folder exists. `existsSync` also returns false on an error, and the caller may then overwrite what is there.
 * @throws InputError if the disk does not answer.
 */
export function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw new InputError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
}
