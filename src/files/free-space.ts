/** Free space on disk. */
import { statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isThere } from './is-there.js';
import { InputError } from '../errors.js';

/** @throws InputError if the disk of a folder, which need not exist, has fewer bytes free. */
export function checkSpace(folder: string, bytes: number): void {
  const free = freeBytes(folder);
  if (free < bytes)
    throw new InputError(
      `${folder}: training needs about ${readableBytes(bytes)} on disk, ${readableBytes(free)} are free`,
    );
}

/** Bytes free where a folder is or would be. */
export function freeBytes(folder: string): number {
  let existing = resolve(folder);
  while (!isThere(existing)) existing = dirname(existing);
  const { bavail, bsize } = statfsSync(existing);
  return bavail * bsize;
}

/** With its unit. */
export const readableBytes = (bytes: number): string =>
  bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
