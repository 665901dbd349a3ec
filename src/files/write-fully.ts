import { writeSync } from 'node:fs';
import { InputError } from '../errors.js';

/**
 * Writes all bytes to the open file, at `position` or, by default, at the current position.
 * @throws InputError naming the file if the write fails, as when the disk is full.
 */
export function writeFully(
  { path, fd }: { path: string; fd: number },
  bytes: NodeJS.ArrayBufferView,
  position: number | null = null,
): void {
  try {
    for (let done = 0; done < bytes.byteLength;)
      done += writeSync(fd, bytes, done, bytes.byteLength - done, position === null ? null : position + done);
  } catch (cause) {
    throw new InputError(`${path}: cannot be written: ${(cause as Error).message}`, { cause });
  }
}
