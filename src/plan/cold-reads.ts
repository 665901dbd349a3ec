/** Random reads that are not served from memory: the extra time of steps when the stores do not fit in memory. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { Random } from '../random.js';

/** Bytes of a page, the least that the system reads. */
const PAGE = 4096;
const READS = 512;

/**
 * Pages that `visits` visits read from disk, each of one row of every store (given by its bytes). Once read, a page stays in
 * memory.
 */
export const pagesRead = (stores: readonly number[], visits: number): number =>
  stores.reduce((sum, bytes) => sum + pagesHit(bytes / PAGE, visits), 0);

/** The expected number of `pages` hit by at least one of `reads` random reads. */
const pagesHit = (pages: number, reads: number): number =>
  pages > 0 ? pages * (1 - Math.exp(-reads / pages)) : 0;

/** Seconds to read a page of a file, bypassing the system's cache; 0 where that is not possible, as for files in memory. */
export function timeColdRead(path: string): number {
  const direct = (constants as Partial<typeof constants>).O_DIRECT; // Linux only
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

/** Offset of a page of the buffer that the disk can read into: addresses must be aligned, and Node does not show them. */
function alignedPlace(fd: number, buffer: Buffer): number | undefined {
  for (let at = 0; at < PAGE; at += 8)
    if (ifValid(() => readSync(fd, buffer, at, PAGE, 0)) !== undefined) return at;
  return undefined;
}

/** The result of a system call; `undefined` if it rejects its arguments. */
function ifValid<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
    return undefined;
  }
}
