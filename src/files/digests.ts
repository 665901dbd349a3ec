import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** SHA-256 of a file. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return hash.digest('hex');
}

/** SHA-256 of each file of a folder, by name, but of `except`. */
export async function digestsOf(folder: string, except: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const name of (await readdir(folder)).sort()) {
    if (name === except) continue;
    digests[name] = await digestOf(join(folder, name));
  }
  return digests;
}

/** The first file that is not as its digest says, if there is one, and what is wrong with it. */
export async function firstDamage(
  folder: string,
  digests: Readonly<Record<string, string>>,
  except: string,
): Promise<string | undefined> {
  const found = await digestsOf(folder, except);
  for (const [name, digest] of Object.entries(digests)) {
    if (found[name] === undefined) return `${join(folder, name)}: not there`;
    if (found[name] !== digest) return `${join(folder, name)}: not what was written`;
  }
  return undefined;
}
