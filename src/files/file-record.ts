/** What is known of a file that was written: enough to find any damage. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as z from 'zod';
import { InputError } from '../errors.js';
import { digestOf } from './digests.js';

export const FileRecord = z.object({ bytes: z.int().min(0), sha256: z.string() });
export type FileRecord = z.infer<typeof FileRecord>;

/** By path within a folder. */
export const FileRecords = z.record(z.string(), FileRecord);
export type FileRecords = z.infer<typeof FileRecords>;

export const recordOf = async (path: string): Promise<FileRecord> => ({
  bytes: (await stat(path)).size,
  sha256: await digestOf(path),
});

/** In a folder that was written at once: the records of its other files, sealed. */
export const DIGESTS_FILE = 'digests.json';

/** The records of all files in a folder and below, in the order of their names. */
export async function recordsOf(folder: string): Promise<FileRecords> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const records: FileRecords = {};
  for (const path of files.sort()) records[relative(folder, path)] = await recordOf(path);
  return records;
}

/** Reads the whole file. A message if it is missing or has changed. */
export async function damageOf(path: string, { bytes, sha256 }: FileRecord): Promise<string | undefined> {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return `${path}: not found`;
  return size === bytes && (await digestOf(path)) === sha256 ? undefined : `${path}: not what was written`;
}

/** The largest file that is read in whole whenever its folder is opened; of a larger one the size is compared. */
const READ_AT_OPENING = 16 * 2 ** 20;

/** The check when a folder is opened. @throws InputError if a file is missing or has changed. */
export function checkAtOpening(folder: string, records: FileRecords): void {
  for (const [name, { bytes, sha256 }] of Object.entries(records)) {
    const path = join(folder, name);
    const size = statSync(path, { throwIfNoEntry: false })?.size;
    if (size === undefined) throw new InputError(`${path}: not found`);
    if (size !== bytes || (bytes <= READ_AT_OPENING && digestNow(path) !== sha256))
      throw new InputError(`${path}: not what was written; it is damaged, or was changed`);
  }
}

const CHUNK = 2 ** 20;

/** SHA-256 of a file of any size, before a library maps it. @throws InputError if it cannot be read. */
export function digestNow(path: string): string {
  const hash = createHash('sha256');
  try {
    const fd = openSync(path, 'r');
    try {
      const chunk = Buffer.allocUnsafe(CHUNK);
      for (let got; (got = readSync(fd, chunk)) > 0;) hash.update(chunk.subarray(0, got));
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    throw new InputError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
  return hash.digest('hex');
}
