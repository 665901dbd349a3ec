/** Starts or resumes a run, by comparing its manifest with the stages planned now. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../files/make-folder.js';
import { isThere } from '../files/is-there.js';
import { InputError } from '../errors.js';
import { firstDifference } from '../files/difference.js';
import { checkEarlier } from '../sources/published.js';
import { libraryVersions } from '../versions.js';
import { manifestOf, readManifest, writeManifest, type Manifest, type StageRecord } from './manifest.js';
import { isWithin } from './outputs.js';
import { scratchOf, workOf } from './places.js';

type Stages = Readonly<Record<string, StageRecord>>;

export interface Planned {
  system: string;
  /** Records in the order of the stages, none done. */
  stages: Stages;
}

/**
 * The manifest to run the planned stages with:
 * - a new one if the folder does not exist or is empty;
 * - the run's own if it was started with the same options and data: it is resumed, and stages that it does not have yet are
 *   added;
 * - a new one if options or data changed before anything was trained: what its stages wrote is removed;
 * - the run's own if it is complete but the outputs of some stages were deleted: these stages are repeated, with other
 *   options if these changed.
 * @throws InputError if options or data changed in any other case, nothing is left to do, or the folder holds other files.
 */
export async function startRun(run: string, planned: Planned): Promise<Manifest> {
  makeRun(run);
  const before = isThere(manifestOf(run)) ? readManifest(run) : undefined;
  const lost = before?.complete ? forgetLost(run, before) : [];
  const manifest = before && isSame(run, before, { planned, lost }) ? before : emptied(run, planned, before);
  const added = Object.keys(planned.stages).filter((name) => !manifest.stages[name]?.outputs);
  const isNew = added.some((name) => !manifest.stages[name]) || lost.length > 0;
  if (manifest.complete && !isNew) {
    if (isThere(workOf(run))) return manifest; // stopped while temporary files were being removed
    throw alreadyTrained(run, planned.stages, manifest);
  }
  for (const name of added) manifest.stages[name] ??= planned.stages[name]!;
  manifest.complete = false;
  await writeManifest(run, manifest);
  return manifest;
}

/** The error for a complete run; says how to train again. */
function alreadyTrained(run: string, planned: Stages, { stages }: Manifest): InputError {
  const last = Object.keys(planned).findLast((name) => Object.keys(stages[name]?.outputs ?? {}).length > 0);
  const files = last === undefined ? [] : Object.keys(stages[last]!.outputs!);
  return new InputError(
    `${run}: already holds a trained model; delete the folder to start over, or ${files.join(', ')} in it to repeat: ${last ?? ''}`,
  );
}

function makeRun(run: string): void {
  try {
    makeFolder(run);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new InputError(`${run}: cannot be written (${code ?? String(cause)})`, { cause });
  }
}

/** @throws InputError if the folder exists and cannot be a run's. */
export function checkFolder(run: string): void {
  if (isThere(manifestOf(run)) || !isThere(run)) return;
  if (!statSync(run).isDirectory()) throw new InputError(`${run}: is not a folder`);
  const foreign = readdirSync(run).find((name) => !join(run, name).startsWith(manifestOf(run)));
  if (foreign === undefined) return;
  const has = (file: string): boolean => isThere(join(run, file));
  if (has('model')) checkEarlier(run);
  if (has('model') && has('training.jsonl'))
    throw new InputError(
      `${run}: was trained by an earlier dexa, without a manifest; it can be evaluated and served, but not trained further`,
    );
  if (has('config.json'))
    throw new InputError(
      `${run}: was started by an earlier dexa, without a manifest; delete the folder to start over`,
    );
  throw new InputError(`${run}: contains ${foreign}, which is not part of a dexa run`);
}

/** Stages whose kept files were deleted: they count as not done. */
function forgetLost(run: string, { stages }: Manifest): string[] {
  const isLost = ({ outputs = {} }: StageRecord): boolean =>
    Object.keys(outputs).some((path) => !isThere(join(run, path)));
  const lost = Object.keys(stages).filter((name) => isLost(stages[name]!));
  for (const name of lost) delete stages[name]!.outputs;
  return lost;
}

/**
 * Whether a run can be resumed as planned. Stages whose outputs are no longer used take the planned options.
 * @throws InputError naming the difference if trained work would be lost.
 */
function isSame(
  run: string,
  before: Manifest,
  { planned, lost }: { planned: Planned; lost: readonly string[] },
): boolean {
  const { system, stages } = before;
  if (system !== planned.system) throw new InputError(`${run}: is a run of ${system}, not ${planned.system}`);
  for (const [name, now] of Object.entries(planned.stages)) {
    const own = stages[name];
    if (!own || own.identity === now.identity) continue;
    if (isFree(name, stages, lost)) {
      stages[name] = now;
      rmSync(scratchOf(run, name), { recursive: true, force: true });
      continue;
    }
    if (before.complete) throw alreadyTrained(run, planned.stages, before);
    if (!hasTrained(run, stages)) return false;
    const difference =
      firstDifference(own.options, now.options) ?? firstDifference(own.inputs, now.inputs) ?? 'other files';
    throw new InputError(`${run}: was started with ${difference}; delete the folder to start over`);
  }
  return true;
}

/** Whether everything built from a stage's outputs was deleted. `above`: stages asked about, so that no circle is followed. */
function isFree(
  name: string,
  stages: Stages,
  lost: readonly string[],
  above: readonly string[] = [],
): boolean {
  if (lost.includes(name)) return true;
  const consumers = Object.keys(stages).filter((other) =>
    Object.values(stages[other]!.inputs).includes(name),
  );
  const asked = [...above, name];
  return (
    consumers.length > 0 &&
    consumers.every((other) => !asked.includes(other) && isFree(other, stages, lost, asked))
  );
}

/** Whether training has a checkpoint or is done; a training stage's result has `steps`. */
const hasTrained = (run: string, stages: Stages): boolean =>
  Object.entries(stages).some(
    ([name, { result }]) =>
      result?.['steps'] !== undefined || isThere(join(scratchOf(run, name), 'checkpoints')),
  );

/** Without what its stages made; a person's files stay. */
function emptied(run: string, { system }: Planned, before?: Manifest): Manifest {
  const made = Object.values(before?.stages ?? {}).flatMap(({ outputs = {} }) => Object.keys(outputs));
  for (const path of [workOf(run), ...made.map((name) => join(run, name))])
    if (isWithin(run, path)) rmSync(path, { recursive: true, force: true });
  return { system, libraries: libraryVersions(), stages: {}, complete: false, sources: [] };
}
