/** The files a stage wrote: their sizes and digests, and whether they are unchanged. */
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { isThere } from '../files/is-there.js';
import { syncPath } from '../files/sync.js';
import { damageOf, recordOf, type FileRecords } from '../files/file-record.js';
import type { Paths } from './stage.js';

/** Whether a path is inside the run. */
export const isWithin = (run: string, path: string): boolean => /^(?!\.\.($|\/))./.test(relative(run, path));

/** The files of an output: the file itself, all files of a folder, or all files of a store, which start with its base name. */
export function filesOf(path: string): string[] {
  if (!isThere(path)) {
    const prefix = `${basename(path)}.`;
    const names = isThere(dirname(path)) ? readdirSync(dirname(path)) : [];
    return names.filter((name) => name.startsWith(prefix)).map((name) => join(dirname(path), name));
  }
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesOf(join(path, name)));
}

/** Puts the files of outputs on the disk, and the folders that list them. */
export function syncOutputs(outputs: Paths): void {
  const paths = Object.values(outputs);
  const files = paths.flatMap(filesOf);
  for (const path of [...files, ...new Set([...files, ...paths].map((each) => dirname(each)))])
    syncPath(path);
}

export async function describeOutputs(run: string, outputs: Paths): Promise<FileRecords> {
  const described: FileRecords = {};
  for (const path of Object.values(outputs).flatMap(filesOf).sort())
    described[relative(run, path)] = await recordOf(path);
  return described;
}

/** The first file that is missing or has changed, as a message. */
export async function firstDamage(run: string, outputs: FileRecords): Promise<string | undefined> {
  for (const [name, record] of Object.entries(outputs)) {
    const damage = await damageOf(join(run, name), record);
    if (damage !== undefined) return damage;
  }
  return undefined;
}
