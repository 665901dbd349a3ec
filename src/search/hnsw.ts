/** A graph of vectors (HNSW) in the library: created, opened, closed. */
import { closeSync, constants, openSync } from 'node:fs';
import { devNull } from 'node:os';
import type { Index } from 'usearch';
import { InputError } from '../errors.js';
import { REBUILD, type IndexSettings } from './index-file.js';
import { usearch } from './usearch.js';

/** A graph without vectors. */
export function emptyIndex(settings: IndexSettings): Index {
  const { Index, MetricKind, ScalarKind } = usearch();
  return new Index({
    dimensions: settings.dim,
    // Inner products of i8 come back in units of i8; of unit vectors, cosines are the same and have none.
    metric: settings.precision === 'i8' ? MetricKind.Cos : MetricKind.IP,
    quantization: { f32: ScalarKind.F32, f16: ScalarKind.F16, i8: ScalarKind.I8 }[settings.precision],
    connectivity: settings.connectivity,
    expansion_add: settings.expansionAdd,
    expansion_search: settings.expansionSearch, // not in its file
    multi: false,
  });
}

/**
 * A graph on disk that has passed `checkIndex`, mapped into memory, or read into memory where it cannot be mapped.
 * @throws InputError if the library rejects it.
 */
export function openIndex(path: string, settings: IndexSettings): Index {
  const index = emptyIndex(settings);
  try {
    if (isMappable(path)) index.view(path);
    else index.load(path);
  } catch (error) {
    throw new InputError(`${path}: cannot be opened: ${(error as Error).message}; ${REBUILD}`, {
      cause: error,
    });
  }
  return index;
}

/**
 * Whether the library can map a file. It opens files with a flag that Linux allows only for one's own; when it cannot
 * open a file it closes standard input instead, so this must be known first.
 */
function isMappable(path: string): boolean {
  try {
    closeSync(openSync(path, constants.O_RDONLY | constants.O_NOATIME)); // no such flag on other systems: 0
    return true;
  } catch {
    return false;
  }
}

/** Frees its memory and its file, which the library does only when it opens another. */
export function closeIndex(index: Index): void {
  try {
    index.load(devNull);
  } catch {
    // Expected: the file contains no index.
  }
}
