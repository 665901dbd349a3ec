/**
 * What must be on the disk before something is renamed: after a power loss a rename may be there and the data behind it not.
 * The order is files, their folders, the rename, the folder of the new name.
 */
import { closeSync, fsyncSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Puts the content of a file, or the list of a folder's names, on the disk. */
export function syncPath(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** A file; or all files below a folder, then the folder. */
export function syncTree(path: string): void {
  if (statSync(path).isDirectory()) for (const name of readdirSync(path)) syncTree(join(path, name));
  syncPath(path);
}

/** Removes a file or folder, if it is there, so that no power loss brings it back. */
export function removeSynced(path: string): void {
  rmSync(path, { recursive: true, force: true });
  syncPath(dirname(path));
}

/** Renames a complete file or folder so that the new name outlasts a power loss with all that is behind it. */
export async function renameSynced(from: string, to: string): Promise<void> {
  syncTree(from);
  await rename(from, to);
  syncPath(dirname(to));
}
