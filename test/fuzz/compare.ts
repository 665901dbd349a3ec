/** When two readers agree on a file. */
import type { Outcome, Part } from './outcome.js';

/**
 * The first part on which they do not agree, in words. Of a damaged file the package may refuse more than the other reader; of
 * a valid one it must refuse the same, and tell the same row. What the other reader cannot read is not compared.
 */
export function difference(
  ours: Outcome,
  theirs: Outcome,
  { damaged }: { damaged: boolean },
): string | undefined {
  for (const [name, expected] of Object.entries(theirs)) {
    const got = ours[name];
    if ('refused' in expected || !got) continue;
    if (damaged && !('values' in got)) continue;
    const same = 'type' in expected ? 'type' in got : JSON.stringify(got) === JSON.stringify(expected);
    if (!same) return `${name}: expected ${shown(expected)}, got ${shown(got)}`;
  }
  return undefined;
}

const shown = (part: Part): string => {
  const text = JSON.stringify(part);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
};

export const isAccepted = (outcome: Outcome): boolean =>
  Object.values(outcome).some((part) => 'values' in part);

/** What is interesting about an outcome: the ways in which parts were refused, without paths, names and values. */
export function signature(ours: Outcome): string {
  return [...new Set(Object.values(ours).map(way))].sort().join('; ');
}

function way(part: Part): string {
  if (!('refused' in part)) return Object.keys(part)[0]!;
  return part.refused
    .replace(/^\S+: /, '')
    .replace(/\b(columns?|tensors?) .*?( overlap| does not fit| has no|, only|: expected|$)/s, '$1$2')
    .replace(/, only .*/s, '')
    .replace(/(got|of type|not within|in a row group|Unexpected) .*/s, '$1')
    .replace(/\d+|"[^"]*"/g, '#')
    .slice(0, 60);
}
