import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { InputError } from '../errors.js';

/** Bytes read of the end of a file, where Parquet has what it knows of its contents. */
const TAIL = 1 << 16;

/** What files are known by: their sizes and ends. Changes with them, wherever they are. */
export async function fingerprintOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    await using file = await open(path);
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(size, TAIL));
    await file.read(tail, 0, tail.length, size - tail.length);
    hash.update(`${size} `).update(tail);
  }
  return hash.digest('hex');
}

/** @throws InputError if files are not any more what they were known by. */
export async function checkFingerprint(paths: readonly string[], expected: string): Promise<void> {
  if ((await fingerprintOf(paths)) !== expected)
    throw new InputError(
      `${paths[0]!} or one of the ${paths.length - 1} files with it: changed while they were in use`,
    );
}
