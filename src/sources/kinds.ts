import { ofKind } from '../files/of-kind.js';
import { names } from './names.js';
import { neighbours } from './neighbours.js';
import type { LabelSource } from './source.js';
import type { SourceSpec } from './spec.js';
import { vectors } from './vectors.js';
import { wordNeighbours } from './word-neighbours.js';
import { words } from './words.js';

/** Kinds of sources, by their names in manifests. */
const KINDS: Record<string, (spec: SourceSpec) => LabelSource> = {
  vectors,
  neighbours,
  names,
  'word-neighbours': wordNeighbours,
  words,
};

/** Opens a source of the run in a folder. @throws InputError if its kind is unknown or it lacks the name of a file. */
export const sourceOf = (folder: string, spec: SourceSpec): LabelSource =>
  ofKind(KINDS, `source ${spec.name}`, { folder, spec });
