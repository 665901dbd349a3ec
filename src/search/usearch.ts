import { createRequire } from 'node:module';
import type * as Usearch from 'usearch';
import { BackendError } from '../engine/errors.js';

let library: typeof Usearch | undefined;

/**
 * The library, loaded when an index is first used: exact search does without. As CommonJS, since its other build finds its
 * binary by the call stack, which not every way of starting node has. @throws BackendError where it has no binary.
 */
export function usearch(): typeof Usearch {
  try {
    return (library ??= createRequire(import.meta.url)('usearch') as typeof Usearch);
  } catch (error) {
    throw new BackendError(`approximate search: ${(error as Error).message}`, { cause: error });
  }
}
