/** The table that the fuzzers print. */
import type { Result } from './campaign.js';

export const HEAD = [
  'format',
  'files',
  'mutations',
  'accepted',
  'refused',
  'different',
  'slowest ms',
  'peak MB',
];

/** `different` counts all defects: other values, crashes, and too much time or memory. */
export const rowOf = ({
  format,
  files,
  mutations,
  accepted,
  refused,
  defects,
  slowestMs,
  peakMB,
}: Result): string[] => [
  format,
  ...[files, mutations, accepted, refused, defects.length].map(String),
  slowestMs.toFixed(),
  peakMB.toFixed(),
];
