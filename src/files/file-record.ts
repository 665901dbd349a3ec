/** What is known of a file that was written: enough to find any damage. */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as z from 'zod';
import { InputError } from '../errors.js';
import { digestOf } from './digests.js';
import { readFully } from './read-fully.js';

export const FileRecord = z.object({
  bytes: z.int().min(0),
  sha256: z.string(),
  /** SHA-256 of some blocks of a file that is too large to be read whenever it is opened. */
  sample: z.string().optional(),
});
export type FileRecord = z.infer<typeof FileRecord>;

/** By path within a folder. */
export const FileRecords = z.record(z.string(), FileRecord);
export type FileRecords = z.infer<typeof FileRecords>;

/** The largest file that is read in whole whenever its folder is opened. */
const READ_AT_OPENING = 16 * 2 ** 20;

export async function recordOf(path: string): Promise<FileRecord> {
  const { size: bytes } = await stat(path);
  const sha256 = await digestOf(path);
  return bytes <= READ_AT_OPENING ? { bytes, sha256 } : { bytes, sha256, sample: sampleOf(path, bytes) };
}

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

/** The check when a folder is opened. @throws InputError if a file is missing or has changed. */
export function checkAtOpening(folder: string, records: FileRecords): void {
  for (const [name, record] of Object.entries(records)) {
    const path = join(folder, name);
    const size = statSync(path, { throwIfNoEntry: false })?.size;
    if (size === undefined) throw new InputError(`${path}: not found`);
    if (size !== record.bytes || isOther(path, record))
      throw new InputError(`${path}: not what was written; it is damaged, or was changed`);
  }
}

/** By all of a small file, by some blocks of a large one. */
function isOther(path: string, { bytes, sha256, sample }: FileRecord): boolean {
  if (bytes <= READ_AT_OPENING) return digestNow(path) !== sha256;
  return sample !== undefined && sampleOf(path, bytes) !== sample;
}

/** What is read of a large file: blocks at equal distances, the first and the last among them. */
const [BLOCKS, BLOCK] = [64, 2 ** 16];

function sampleOf(path: string, bytes: number): string {
  return hashOf(path, (fd, hash) => {
    const block = Buffer.alloc(BLOCK);
    for (let i = 0; i < BLOCKS; i++) {
      readFully(fd, block, Math.floor((i * (bytes - BLOCK)) / (BLOCKS - 1)));
      hash.update(block);
    }
  });
}

const CHUNK = 2 ** 20;

/** SHA-256 of a file of any size, before a library maps it. @throws InputError if it cannot be read. */
export function digestNow(path: string): string {
  return hashOf(path, (fd, hash) => {
    const chunk = Buffer.allocUnsafe(CHUNK);
    for (let got; (got = readSync(fd, chunk)) > 0;) hash.update(chunk.subarray(0, got));
  });
}

function hashOf(path: string, read: (fd: number, hash: Hash) => void): string {
  const hash = createHash('sha256');
  try {
    const fd = openSync(path, 'r');
    try {
      read(fd, hash);
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    throw new InputError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
  return hash.digest('hex');
}
