import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { InputError } from '../errors.js';
import { readFully } from './read-fully.js';

/** Bytes read from the end of a file, where Parquet keeps its metadata. */
const TAIL = 1 << 16;

/** SHA-256 of each file's size and last 64 KiB, in order; independent of the paths. */
export async function fingerprintOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    await using file = await open(path);
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(size, TAIL));
    readFully(file.fd, tail, size - tail.length);
    hash.update(`${size} `).update(tail);
  }
  return hash.digest('hex');
}

/** @throws InputError if the fingerprint of the files is no longer the expected one. */
export async function checkFingerprint(paths: readonly string[], expected: string): Promise<void> {
  if ((await fingerprintOf(paths)) !== expected)
    throw new InputError(`${paths[0]!} (or one of ${paths.length - 1} more files): changed while in use`);
}
