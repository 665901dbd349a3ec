/** How files that are not Parquet, damaged or encrypted are told. */
import type { AsyncBuffer } from 'hyparquet';
import { InputError } from '../errors.js';
import { POINTER_BYTES, refusePointer } from '../files/beginning.js';

/** Two marks, and the length of the footer. */
const LEAST_BYTES = 12;

/** The message of an error, on one line. */
export const reason = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, ' ');

/** Of what the decoder stumbles over in a damaged file, its own messages are told, not those of the language. */
const detail = (cause: unknown): string =>
  cause instanceof TypeError ||
  /^(Invalid (typed array|array buffer|array)|Offset is outside|Maximum call stack)/.test(reason(cause))
    ? ''
    : `: ${reason(cause)}`;

/** @throws InputError if the file is the pointer to one, or encrypted, which is not a damage. */
export async function checkKind(path: string, file: AsyncBuffer): Promise<void> {
  const { byteLength } = file;
  if (byteLength < LEAST_BYTES)
    throw new InputError(`${path}: not a Parquet file, or a damaged one: ${byteLength} bytes`);
  refusePointer(path, new Uint8Array(await file.slice(0, Math.min(byteLength, POINTER_BYTES))));
  const mark = Buffer.from(await file.slice(Math.max(0, byteLength - 4), byteLength)).toString('latin1');
  if (mark === 'PARE')
    throw new InputError(`${path}: an encrypted Parquet file; write it without encryption`);
}

/** What the decoder throws, as bad input. */
export const damaged = (path: string, cause: unknown): InputError =>
  cause instanceof InputError
    ? cause
    : new InputError(`${path}: not a Parquet file, or a damaged one${detail(cause)}`, { cause });
