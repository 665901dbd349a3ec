import { InputError } from '../errors.js';
import { within } from '../files/within.js';
import type { LabelSource } from './source.js';
import type { SourceSpec } from './spec.js';
import { vectors } from './vectors.js';

/** Kinds of sources by their names in manifests. */
const KINDS: Record<string, (spec: SourceSpec) => LabelSource> = {
  vectors,
};

/** A source of the run in a folder. @throws InputError if its kind is unknown, or it does not name a file. */
export function sourceOf(folder: string, spec: SourceSpec): LabelSource {
  const open = Object.hasOwn(KINDS, spec.kind) ? KINDS[spec.kind] : undefined;
  if (!open)
    throw new InputError(
      `source ${spec.name}: kind ${spec.kind} is unknown; known: ${Object.keys(KINDS).join(', ')}`,
    );
  return open(within(folder, spec));
}
