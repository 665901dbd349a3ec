import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes read at a time: with a stream's own 64 KiB, reading takes five times as long as hashing. */
const CHUNK = 1 << 20;

/** SHA-256 of a file. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path, { highWaterMark: CHUNK })) hash.update(part as Buffer);
  return hash.digest('hex');
}

/** SHA-256 of each file in a folder, by name, in hexadecimal; `except` is left out. */
export async function digestsOf(folder: string, except: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const name of (await readdir(folder)).sort()) {
    if (name === except) continue;
    digests[name] = await digestOf(join(folder, name));
  }
  return digests;
}

/** The first file that is missing or does not match its digest, as a message; `undefined` if all are intact. */
export async function firstDamage(
  folder: string,
  digests: Readonly<Record<string, string>>,
  except: string,
): Promise<string | undefined> {
  const found = await digestsOf(folder, except);
  for (const [name, digest] of Object.entries(digests)) {
    if (found[name] === undefined) return `${join(folder, name)}: missing`;
    if (found[name] !== digest) return `${join(folder, name)}: does not match its digest`;
  }
  return undefined;
}
