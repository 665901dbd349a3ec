import { InputError } from '../errors.js';

const POINTER = Buffer.from('version https://git-lfs.github.com/spec/');

/** @throws InputError if a file begins as the pointer that Git LFS leaves in place of a large file. */
export function refusePointer(path: string, head: Uint8Array): void {
  if (Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, POINTER.length)).equals(POINTER))
    throw new InputError(`${path}: a pointer of Git LFS, not the file itself; run git lfs pull`);
}

/** Bytes of a file that `refusePointer` looks at. */
export const POINTER_BYTES = POINTER.length;
