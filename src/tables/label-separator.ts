/** How several labels stand in one cell. */
import { listCount, type Ragged } from '../formats/lists.js';
import { isUri, plainName } from './usual-names.js';

/** What stands between labels: a text; `space`, which is any white space; or `none`, where a cell is one label. */
export type Separator = string;

const CERTAIN = [';', '|', '\t'];

/** A comma is taken if it makes labels occur clearly more often each: names may have commas too. */
const GAIN = 0.75;

/**
 * Guesses it from some rows: white space between URIs, a semicolon, a bar or a tab wherever there is one, or a comma that names do not
 * have themselves. Rows with lists need none.
 */
export function guessSeparator(lists: Ragged<string[]>): Separator {
  const { values } = lists;
  if (values.length === 0) return 'none';
  if (values.every(isUri)) return 'space';
  if (
    Array.from({ length: listCount(lists) }, (_x, i) => lists.offsets[i + 1]! - lists.offsets[i]!).some(
      (n) => n > 1,
    )
  )
    return 'none';
  const certain = CERTAIN.find((separator) => values.some((value) => value.includes(separator)));
  if (certain !== undefined) return certain;
  const parts = values.flatMap((value) => splitLabels(value, ','));
  return shareOfNew(parts) < GAIN * shareOfNew(values) ? ',' : 'none';
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
