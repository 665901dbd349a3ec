/** Random reads that memory does not serve: what steps take longer where it cannot hold the stores. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { Random } from '../random.js';

/** Bytes that the system reads at least. */
const PAGE = 4096;
const READS = 512;

/**
 * Pages that so many visits read from disk, each of one row of every store (given by its bytes); a page that was read
 * once is in memory from then on.
 */
export const pagesRead = (stores: readonly number[], visits: number): number =>
  stores.reduce((sum, bytes) => sum + pagesHit(bytes / PAGE, visits), 0);

/** Of `pages`, those that are hit by at least one of `reads` at random. */
const pagesHit = (pages: number, reads: number): number =>
  pages > 0 ? pages * (1 - Math.exp(-reads / pages)) : 0;

/** Seconds to read a page of a file past the system's cache; 0 where it cannot be passed by, as for files in memory. */
export function timeColdRead(path: string): number {
  const direct = (constants as Partial<typeof constants>).O_DIRECT; // Linux alone
  if (direct === undefined) return 0;
  const fd = ifValid(() => openSync(path, constants.O_RDONLY | direct));
  if (fd === undefined) return 0;
  try {
    const buffer = Buffer.allocUnsafeSlow(2 * PAGE);
    const at = alignedPlace(fd, buffer);
    if (at === undefined) return 0;
    const pages = Math.floor(fstatSync(fd).size / PAGE);
    const random = new Random(0);
    const begun = performance.now();
    for (let i = 0; i < READS; i++) readSync(fd, buffer, at, PAGE, PAGE * random.below(pages));
    return (performance.now() - begun) / 1000 / READS;
  } finally {
    closeSync(fd);
  }
}

/** Where a page of the buffer begins that the disk can read into: only some addresses will do, and none can be seen. */
function alignedPlace(fd: number, buffer: Buffer): number | undefined {
  for (let at = 0; at < PAGE; at += 8)
    if (ifValid(() => readSync(fd, buffer, at, PAGE, 0)) !== undefined) return at;
  return undefined;
}

/** What a call to the system returns; undefined where it says that its arguments are not valid. */
function ifValid<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
    return undefined;
  }
}
