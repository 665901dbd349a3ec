import { createRequire } from 'node:module';
import type * as Usearch from 'usearch';
import { BackendError } from '../errors.js';

let library: typeof Usearch | undefined;

/**
 * The library, loaded when an index is first used: exact search does not need it. As CommonJS, because its other build
 * finds its binary through the call stack, which some ways of starting node lack. @throws BackendError if it has no
 * binary for this machine.
 */
export function usearch(): typeof Usearch {
  try {
    return (library ??= createRequire(import.meta.url)('usearch') as typeof Usearch);
  } catch (error) {
    throw new BackendError(`approximate search: ${(error as Error).message}`, { cause: error });
  }
}

/** Whether there is a binary for this machine. */
export function hasUsearch(): boolean {
  try {
    return Boolean(usearch());
  } catch {
    return false;
  }
}
