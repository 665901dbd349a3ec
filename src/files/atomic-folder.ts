import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { makeFolder } from './make-folder.js';
import { InputError } from '../errors.js';
import { renameSynced } from './sync.js';

/**
 * Creates the folder `dir` atomically: `build` writes into a temporary folder, which is then renamed. If `build` fails,
 * nothing is left; leftovers of a killed process are removed first. `what` names the contents in messages.
 * @throws InputError if `dir` is not empty or cannot be created.
 */
export async function createFolder(
  { dir, what }: { dir: string; what: string },
  build: (partial: string) => Promise<void>,
): Promise<void> {
  const target = resolve(dir);
  const partial = `${target}.partial`;
  await checkEmpty(dir, what);
  try {
    await rm(partial, { recursive: true, force: true });
    makeFolder(dirname(partial));
    await mkdir(partial);
  } catch (cause) {
    throw new InputError(`${dir}: cannot be created: ${(cause as Error).message}`, { cause });
  }
  try {
    await build(partial);
    await renameSynced(partial, target);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function checkEmpty(dir: string, what: string): Promise<void> {
  const content = await readdir(dir).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new InputError(`${dir}: cannot hold ${what}: ${(cause as Error).message}`, { cause });
  });
  if (content.length > 0) throw new InputError(`${dir}: already contains ${content[0]!}; remove it first`);
}
