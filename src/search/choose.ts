import { existsSync } from 'node:fs';
import { InputError } from '../errors.js';
import { descriptionOf } from './index-file.js';

/** Exact, by index, or by index if there is one. */
export const SEARCHES = ['exact', 'ann', 'auto'] as const;
export type SearchKind = (typeof SEARCHES)[number];

/** The index to search with, if any, of a run that has its index at `path`. @throws InputError if there must be one. */
export function indexFor(search: SearchKind, path: string): string | undefined {
  if (search === 'exact') return undefined;
  if (existsSync(path) && existsSync(descriptionOf(path))) return path;
  if (search === 'auto') return undefined;
  throw new InputError(`${path}: not found; dexa index makes it`);
}
