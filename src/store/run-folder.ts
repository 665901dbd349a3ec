/** A run on disk: one folder with what was asked for, what came of it, and what training needs meanwhile. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { InputError } from '../errors.js';
import { hasCheckpoints } from './checkpoints.js';
import { asStored, firstDifference } from '../files/difference.js';
import { Matrix } from '../formats/npy.js';
import { checkJson, readJson } from '../files/read-json.js';

/** The names of what is in the folder `run`, there or not. */
export const runFiles = (run: string) => ({
  /** The options of the run. */
  config: join(run, 'config.json'),
  /** The encoder that training starts from. */
  initial: join(run, 'initial'),
  /** Tokens and label lists, unless they are shared with other runs. */
  store: join(run, 'store'),
  /** int32: training texts of each label, while training lasts. */
  frequency: join(run, 'label-frequency.npy'),
  /** int32, as long: rows of the texts to train on, ascending, which are the last to go; and a folder for them in the order of their clusters. */
  rows: join(run, 'text-rows.npy'),
  clustered: join(run, 'text-clusters'),
  /** Checkpoints of Module I, as long. */
  checkpoints: join(run, 'checkpoints'),
  /** int32, label → row of the auxiliary vectors; only if there are any. */
  auxiliary: join(run, 'auxiliary.npy'),
  /** The auxiliary vectors with their moments, while training lasts: a folder. */
  auxiliaryRows: join(run, 'auxiliary-rows'),
  /** Embeddings of the training texts, while training lasts. */
  bank: join(run, 'bank.npy'),
  /** One JSON object an epoch. */
  log: join(run, 'training.jsonl'),
  /** The model at the end of the epoch of the lowest loss, and which that was, while training lasts. */
  best: join(run, 'best'),
  /** The trained model while the run is being completed. */
  trained: join(run, 'trained'),
  /** The trained model. A run with one is complete. */
  model: join(run, 'model'),
  /** Embeddings of all labels by that model, one row a label. */
  labels: join(run, 'label-embeddings.npy'),
  /** An index to search them by, if one was made. */
  labelIndex: join(run, 'label-embeddings.usearch'),
  /** Base name of the labels' texts. */
  texts: join(run, 'label-texts'),
  /** What Module II needs while it lasts: a folder. */
  second: join(run, 'module-2'),
  /** A classifier of unit length for each label, if Module II was trained. */
  classifiers: join(run, 'classifiers.npy'),
  /** An index to search them by, if one was made. */
  classifierIndex: join(run, 'classifiers.usearch'),
  /** float32, 1 / p of each label, which fusion looks at. */
  inversePropensity: join(run, 'inverse-propensity.npy'),
  /** How the two scores of a label become one. A run with it has been through Module II. */
  fusion: join(run, 'fusion.json'),
});

export type RunFiles = ReturnType<typeof runFiles>;

/**
 * Makes the folder, or empties one in which training was stopped before its first checkpoint; one that was begun with the
 * same config stays as it is, to go on with, also one with a trained model if Module II (`second`) is to follow or all but its
 * last files were removed.
 * @throws InputError if it holds a trained model, checkpoints of another config, or anything that is not a run's, or
 * cannot be written.
 */
export function startRun(
  run: string,
  config: Readonly<Record<string, unknown>>,
  { second = false }: { second?: boolean } = {},
): RunFiles {
  const files = runFiles(run);
  const partial = `${files.config}.partial`;
  try {
    mkdirSync(run, { recursive: true });
    if (existsSync(files.model)) tidy(files); // it may have been stopped there
    const unfinished = existsSync(files.rows) || (second && !existsSync(files.fusion));
    if (existsSync(files.model) && unfinished && isSame(files, config)) return files;
    if (existsSync(files.model))
      throw new InputError(`${run}: holds a trained model already; remove it first`);
    const foreign = readdirSync(run).find((name) => join(run, name) !== partial);
    if (foreign !== undefined && !existsSync(files.config))
      throw new InputError(`${run}: holds ${foreign}, which is not of a run`);
    if (existsSync(files.config) && isSame(files, config)) return files;
    for (const name of readdirSync(run)) rmSync(join(run, name), { recursive: true, force: true });
    writeFileSync(partial, `${JSON.stringify(config, undefined, 2)}\n`);
    renameSync(partial, files.config); // whole or not at all
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `${run}: cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      {
        cause: error,
      },
    );
  }
  return files;
}

/** Where things are does not matter: a data set is known by its contents. */
const PLACES = ['data', 'store'];

/** @throws InputError naming what differs, where there is something to lose. */
function isSame({ config: path, checkpoints }: RunFiles, config: Readonly<Record<string, unknown>>): boolean {
  const before = checkJson(path, z.record(z.string(), z.unknown()), readJson(path));
  const difference = firstDifference(before, asStored(config), PLACES);
  if (difference === undefined) return true;
  if (hasCheckpoints(checkpoints))
    throw new InputError(`${path}: the run was begun with ${difference}; remove it to begin anew`);
  return false;
}

/**
 * A run whose encoder is trained, to go on with.
 * @throws InputError if it is not, if it has been through Module II already, or is of another number of labels.
 */
export function continueRun(run: string, labels: number): RunFiles {
  const files = runFiles(run);
  if (!existsSync(files.model))
    throw new InputError(`${files.model}: not found; ${run} is not a finished run`);
  if (existsSync(files.fusion) && !existsSync(files.rows))
    throw new InputError(`${files.fusion}: there already; remove it to train classifiers anew`);
  using embeddings = Matrix.open(files.labels, 'float32');
  if (embeddings.rows !== labels)
    throw new InputError(`${files.labels}: of ${embeddings.rows} labels, but the data set has ${labels}`);
  return files;
}

/** Makes the run complete and removes what only training needed. */
export function finishRun(files: RunFiles): void {
  renameSync(files.trained, files.model);
  tidy(files);
}

/** Removes what only Module I needs from a run that has been through it, and what Module II needs if it has been, too. */
function tidy({
  initial,
  auxiliaryRows,
  bank,
  store,
  checkpoints,
  clustered,
  best,
  fusion,
  second,
}: RunFiles): void {
  const needless = [initial, auxiliaryRows, bank, store, checkpoints, clustered, best];
  if (existsSync(fusion)) needless.push(second);
  for (const path of needless) rmSync(path, { recursive: true, force: true });
}
