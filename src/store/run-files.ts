/** The names of the files of a run. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors.js';

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
 * @throws InputError if the folder has no trained model.
 * @example
 * const { model, labels } = openRun('runs/a'); // 'runs/a/model', 'runs/a/label-embeddings.npy'
 */
export function openRun(run: string): RunFiles {
  const files = runFiles(run);
  if (!existsSync(files.model))
    throw new InputError(`${files.model}: not found; ${run} is not a finished run`);
  return files;
}
