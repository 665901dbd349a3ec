import { join } from 'node:path';
import { InputError } from '../errors.js';

/** What a manifest says of a thing: its kind, and files relative to the folder. */
interface Spec {
  readonly kind: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Makes the thing by its kind, from its spec with the files' paths. @throws InputError if the kind is unknown. */
export function ofKind<S extends Spec, T>(
  kinds: Readonly<Record<string, (spec: S) => T>>,
  what: string,
  { folder, spec }: { folder: string; spec: S },
): T {
  const make = Object.hasOwn(kinds, spec.kind) && kinds[spec.kind];
  if (!make)
    throw new InputError(`${what}: kind ${spec.kind} is unknown; known: ${Object.keys(kinds).join(', ')}`);
  const files = Object.entries(spec.files).map(([use, file]) => [use, join(folder, file)] as const);
  return make({ ...spec, files: Object.fromEntries(files) });
}
