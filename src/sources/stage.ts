/** Which of a run's parts answers. */
import { existsSync } from 'node:fs';
import type { RunFiles } from '../store/run-folder.js';
import { InputError } from '../errors.js';

/** The label embeddings, the classifiers, or both by fusion. */
export const STAGES = ['encoder', 'classifier', 'fused'] as const;
export type Stage = (typeof STAGES)[number];

/** The stage asked for, or else the best that the run has. @throws InputError if the run has not got it. */
export function stageOf({ fusion, classifiers }: RunFiles, asked?: Stage): Stage {
  if (asked === undefined) return existsSync(fusion) ? 'fused' : 'encoder';
  const needed = { encoder: undefined, classifier: classifiers, fused: fusion }[asked];
  if (needed !== undefined && !existsSync(needed))
    throw new InputError(`${needed}: not found; the stage ${asked} comes of training with --modules 1,2`);
  return asked;
}
