import { isThere } from '../files/is-there.js';
import { InputError } from '../errors.js';
import { descriptionOf } from './index-file.js';

/** Exact, by index, or by index if there is one. */
export const SEARCHES = ['exact', 'ann', 'auto'] as const;
export type SearchKind = (typeof SEARCHES)[number];

/** The index at `path` if it should be searched, `undefined` for an exact search. @throws InputError if `ann` finds none. */
export function indexFor(search: SearchKind, path: string): string | undefined {
  if (search === 'exact') return undefined;
  if (isThere(path) && isThere(descriptionOf(path))) return path;
  if (search === 'auto') return undefined;
  throw new InputError(`${path}: not found; dexa index builds it`);
}
