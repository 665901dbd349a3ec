/** The manifest of a run, `manifest.json`: its stages with their options, inputs and outputs, its sources and its ranker. */
import { join } from 'node:path';
import * as z from 'zod';
import { FileRecords } from '../files/file-record.js';
import { checkSeal, sealed } from '../files/seal.js';
import { checkJson, readJson } from '../files/read-json.js';
import { writeJson } from '../files/write-json.js';
import { RunSources } from '../sources/spec.js';

const StageRecord = z.object({
  options: z.record(z.string(), z.json()),
  /** By name of the input: the stage that wrote it, or its value. */
  inputs: z.record(z.string(), z.string()),
  /** Changes with the options, and with the identity of any input. */
  identity: z.string(),
  /** By path within the run; absent until the stage is done. */
  outputs: FileRecords.optional(),
  result: z.record(z.string(), z.json()).optional(),
});
export type StageRecord = z.infer<typeof StageRecord>;

export const Manifest = z.object({
  system: z.string(),
  /** Versions of the numerical libraries. */
  libraries: z.record(z.string(), z.string()),
  stages: z.record(z.string(), StageRecord),
  /** Whether all stages are done, so that temporary files may be removed. */
  complete: z.boolean(),
  ...RunSources.shape,
});
export type Manifest = z.infer<typeof Manifest>;

export const manifestOf = (run: string): string => join(run, 'manifest.json');

/** @throws InputError if it is missing, invalid or damaged. */
export function readManifest(run: string): Manifest {
  const json = readJson(manifestOf(run));
  checkSeal(manifestOf(run), json);
  return checkJson(manifestOf(run), Manifest, json);
}

/** Fields are written in the schema's order, so that a resumed run ends with the same file. */
export const writeManifest = (run: string, manifest: Manifest): Promise<void> =>
  writeJson(manifestOf(run), sealed(Manifest.parse(manifest)));
