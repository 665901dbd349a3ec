import { readSync } from 'node:fs';

/** Reads from `position` until `into` is full or the file ends; a single read may stop anywhere. Returns the number of bytes. */
export function readFully(fd: number, into: NodeJS.ArrayBufferView, position: number): number {
  let done = 0;
  for (let got = -1; got !== 0 && done < into.byteLength; done += got)
    got = readSync(fd, into, done, into.byteLength - done, position + done);
  return done;
}
