import { statSync } from 'node:fs';
import { InputError } from '../errors.js';

/**
 * Whether there is a file or folder. `existsSync` takes every error for an absence; what is taken for absent may be begun anew.
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
