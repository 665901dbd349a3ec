/** Whole checks of what was written: every byte of a run, a data set or an export against its digests. */
import { join, relative } from 'node:path';
import * as z from 'zod';
import { isThere } from '../files/is-there.js';
import { inputError, InputError } from '../errors.js';
import { damageOf, DIGESTS_FILE, FileRecords } from '../files/file-record.js';
import { checkJson, readJson } from '../files/read-json.js';
import { checkSeal, isSealed } from '../files/seal.js';
import { readDescription } from '../search/index-file.js';
import { datasetFiles } from '../store/dataset.js';
import { Manifest, manifestOf } from './manifest.js';
import { filesOf } from './outputs.js';
import { workOf } from './places.js';

/** What a check found. */
export interface Verified {
  /** Files that were read. */
  files: number;
  /** One message per damaged or missing file. */
  damages: string[];
  /** Files of which nothing is known. */
  unknown: string[];
}

/** @throws InputError if the folder is not that of a run with a manifest. */
export async function verifyRun(run: string): Promise<Verified> {
  const path = manifestOf(run);
  const { json, damage } = readSealed(path);
  const manifest = damage === undefined ? checkJson(path, Manifest, json) : undefined;
  const outputs = Object.values(manifest?.stages ?? {}).map((stage) => stage.outputs ?? {});
  const others = join(run, DIGESTS_FILE);
  const log = isThere(others) ? readSealed(others) : undefined;
  const files =
    log?.json !== undefined && log.damage === undefined ? checkJson(others, Described, log.json).files : {};
  const records = Object.assign({}, ...outputs, files) as FileRecords;
  const indexes = filesOf(run)
    .filter((file) => file.endsWith('.usearch.json'))
    .map((file) => file.slice(0, -'.json'.length));
  const found = await verifyFiles(run, records, [path, ...(log ? [others] : [])]);
  if (log?.damage !== undefined) found.damages.push(log.damage);
  const isKnown = (file: string): boolean =>
    [workOf(run), ...indexes].some((start) => file.startsWith(start));
  found.unknown = damage === undefined ? found.unknown.filter((file) => !isKnown(file)) : [];
  found.files += indexes.length;
  for (const index of indexes) found.damages.push(...refusal(() => readDescription(index)));
  return withFirst(found, damage);
}

/** @throws InputError if the folder holds no `dataset.json` with digests. */
export function verifyDataset(dir: string): Promise<Verified> {
  return verifyFolder(dir, datasetFiles(dir).description);
}

/** @throws InputError if the folder holds no `digests.json`. */
export function verifyExport(dir: string): Promise<Verified> {
  return verifyFolder(dir, join(dir, DIGESTS_FILE));
}

const Described = z.object({ files: FileRecords });

async function verifyFolder(dir: string, path: string): Promise<Verified> {
  const { json, damage } = readSealed(path);
  const records = damage === undefined ? checkJson(path, Described, json).files : {};
  const found = await verifyFiles(dir, records, [path]);
  if (damage !== undefined) found.unknown = [];
  return withFirst(found, damage);
}

/** A JSON file with its digest, and what is wrong with it. */
function readSealed(path: string): { json: unknown; damage: string | undefined } {
  if (!isThere(path)) throw new InputError(`${path}: not found, so there is nothing to compare with`);
  let json: unknown;
  const [damage] = refusal(() => {
    json = readJson(path);
    checkSeal(path, json);
    if (!isSealed(json))
      throw new InputError(
        `${path}: has no digest; it was written by an earlier version, by hand, or is damaged`,
      );
  });
  return { json, damage };
}

async function verifyFiles(dir: string, records: FileRecords, known: readonly string[]): Promise<Verified> {
  const damages: string[] = [];
  for (const [name, record] of Object.entries(records)) {
    const damage = await damageOf(join(dir, name), record);
    if (damage !== undefined) damages.push(damage);
  }
  const names = new Set([...Object.keys(records), ...known.map((path) => relative(dir, path))]);
  const unknown = filesOf(dir).filter((path) => !names.has(relative(dir, path)));
  return { files: names.size, damages, unknown };
}

const withFirst = (found: Verified, damage: string | undefined): Verified =>
  damage === undefined ? found : { ...found, damages: [damage, ...found.damages] };

/** The message with which some work refuses its input; none if it does not. */
function refusal(work: () => unknown): string[] {
  try {
    work();
    return [];
  } catch (error) {
    const refused = inputError(error);
    if (!refused) throw error;
    return [refused.message];
  }
}
