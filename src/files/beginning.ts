import { InputError } from '../errors.js';

const POINTER = Buffer.from('version https://git-lfs.github.com/spec/');

/** Bytes of the beginning that `refusePointer` looks at. */
export const POINTER_BYTES = POINTER.length;

const startsWith = (head: Uint8Array, mark: Uint8Array): boolean =>
  Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, mark.length)).equals(mark);

/** @throws InputError if a file begins as the pointer that Git LFS leaves in place of a large file. */
export function refusePointer(path: string, head: Uint8Array): void {
  if (startsWith(head, POINTER))
    throw new InputError(`${path}: a pointer of Git LFS, not the file itself; run git lfs pull`);
}

/** Byte order marks of UTF-16. */
const UTF16 = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

/** Checks the first bytes of a text file. @throws InputError if it is UTF-16, or a pointer of Git LFS. */
export function checkBeginning(path: string, head: Uint8Array): void {
  refusePointer(path, head);
  if (UTF16.some((mark) => startsWith(head, mark)))
    throw new InputError(`${path}: UTF-16; expected UTF-8, so save it as that`);
}
