import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InputError } from '../errors.js';

/**
 * Makes a folder: `build` writes the files into the one that it is given. They appear as `dir` all at once; when
 * `build` fails nothing is left, and what a killed process left is removed first. `what` it is to hold is for messages.
 * @throws InputError if `dir` already holds something or cannot be made.
 */
export async function createFolder(
  { dir, what }: { dir: string; what: string },
  build: (partial: string) => Promise<void>,
): Promise<void> {
  const target = resolve(dir);
  const partial = `${target}.partial`;
  await checkFree(dir, what);
  try {
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
  } catch (cause) {
    throw new InputError(`${dir}: cannot be made: ${(cause as Error).message}`, { cause });
  }
  try {
    await build(partial);
    await rename(partial, target);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function checkFree(dir: string, what: string): Promise<void> {
  const content = await readdir(dir).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new InputError(`${dir}: cannot hold ${what}: ${(cause as Error).message}`, { cause });
  });
  if (content.length > 0) throw new InputError(`${dir}: holds ${content[0]!} already; remove it first`);
}
