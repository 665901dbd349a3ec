/** How several labels stand in one cell. */
import type { Ragged } from '../formats/lists.js';
import { isUri, plainName } from './usual-names.js';

/** What stands between labels: a text; `space`, which is any white space; or `none`, where a cell is one label. */
export type Separator = string;

const CERTAIN = [';', '|', '\t'];

/** A comma is taken if it makes labels occur clearly more often each: names may have commas too. */
const GAIN = 0.75;

/**
 * Guesses it from some rows: white space between URIs; a semicolon, a bar or a tab, whichever most cells have; or a comma that more
 * cells have and names do not have themselves. Rows with lists need none.
 */
export function guessSeparator({ values, offsets }: Ragged<string[]>): Separator {
  if (values.length === 0) return 'none';
  if (values.every(isUri)) return 'space';
  if (offsets.some((offset, row) => row > 0 && offset - offsets[row - 1]! > 1)) return 'none';
  const cellsWith = (separator: Separator): number =>
    values.filter((value) => value.includes(separator)).length;
  const certain = CERTAIN.reduce((a, b) => (cellsWith(b) > cellsWith(a) ? b : a));
  const parts = values.flatMap((value) => splitLabels(value, ','));
  const isComma = shareOfNew(parts) < GAIN * shareOfNew(values) && cellsWith(',') > cellsWith(certain);
  if (isComma) return ',';
  return cellsWith(certain) > 0 ? certain : 'none';
}

const shareOfNew = (names: readonly string[]): number => new Set(names).size / Math.max(1, names.length);

/** The labels in a cell, trimmed; blank ones are none. URIs lose their angle brackets. */
export function splitLabels(cell: string, separator: Separator): string[] {
  const parts = separator === 'none' ? [cell] : cell.split(separator === 'space' ? /\s+/ : separator);
  return parts.map((part) => plainName(part.trim())).filter((part) => part !== '');
}

/** A separator in words. */
export const shownSeparator = (separator: Separator): string =>
  separator === 'none'
    ? 'one each, or lists'
    : separator === 'space'
      ? 'split at spaces'
      : `split at ${JSON.stringify(separator)}`;
