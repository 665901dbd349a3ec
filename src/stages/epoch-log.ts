/** The log of epochs, one JSON object per line, in a file shared by several stages. */
import { readFileSync, writeFileSync } from 'node:fs';
import { isThere } from '../files/is-there.js';

export interface LoggedEpoch {
  stage: string;
  epoch: number;
  /** Mean over the epoch's steps. */
  loss: number;
  /** Mean cosine of texts and labels that are not theirs, of an encoder. */
  cosine?: number | undefined;
  /** Since the stage was started or resumed. */
  seconds: number;
}

/** The line of an epoch; seconds are rounded to tenths, the cosine to thousandths. */
export const lineOf = ({ cosine, seconds, ...epoch }: LoggedEpoch): string =>
  `${JSON.stringify({
    ...epoch,
    ...(cosine !== undefined && { cosine: Math.round(1000 * cosine) / 1000 }),
    seconds: Math.round(10 * seconds) / 10,
  })}\n`;

/** Drops the lines of epochs of a stage that will be trained again, and an unfinished last line. */
export function forgetEpochs(path: string, { stage, from }: { stage: string; from: number }): void {
  if (!isThere(path)) return;
  const before = readFileSync(path, 'utf8');
  const lines = before.split('\n').slice(0, -1); // after the last line break: nothing, or an unfinished line
  const kept = lines.filter((line) => {
    const entry = JSON.parse(line) as LoggedEpoch;
    return entry.stage !== stage || entry.epoch < from;
  });
  const after = kept.map((line) => `${line}\n`).join('');
  if (after !== before) writeFileSync(path, after);
}
