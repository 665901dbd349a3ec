/** The log of epochs, one JSON object per line, in a file shared by several stages. */
import { closeSync, fsyncSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AtomicFile } from '../files/atomic-file.js';
import { isThere } from '../files/is-there.js';
import { syncPath } from '../files/sync.js';
import { writeFully } from '../files/write-fully.js';

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

/** Adds the line of an epoch. It is on the disk before a checkpoint says that the epoch is over. */
export function logEpoch(path: string, epoch: LoggedEpoch): void {
  const fd = openSync(path, 'a');
  try {
    writeFully({ path, fd }, Buffer.from(lineOf(epoch)));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  syncPath(dirname(path));
}

/** Drops the lines of epochs of a stage that will be trained again, and what is left of a line that was being written. */
export async function forgetEpochs(
  path: string,
  { stage, from }: { stage: string; from: number },
): Promise<void> {
  if (!isThere(path)) return;
  const before = readFileSync(path, 'utf8');
  const kept = before.split('\n').filter((line) => {
    const entry = entryOf(line);
    return entry && (entry.stage !== stage || entry.epoch < from);
  });
  const after = kept.map((line) => `${line}\n`).join('');
  if (after === before) return;
  await using file = await AtomicFile.create(path);
  await file.write(after);
  await file.finish();
}

/** `undefined` if the line is not whole: its end is missing, or a loss of power left zeros in it. */
function entryOf(line: string): LoggedEpoch | undefined {
  try {
    return JSON.parse(line) as LoggedEpoch;
  } catch {
    return undefined;
  }
}
