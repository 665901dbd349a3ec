/** Standard output, with one end for every command when its reader has gone or its disk is full. */
import { InputError } from '../errors.js';

/** The reader of standard output has gone, as in `dexa predict … | head -1`: nobody wants the rest. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
  constructor(cause: unknown) {
    super('standard output was closed', { cause });
  }
}

/** Writes to standard output and waits until it is written. @throws OutputClosed; InputError if the disk is full. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (cause) => {
      if (cause) reject(outputError(cause));
      else resolve();
    });
  });
}

/** What a failed write to standard output means. */
export function outputError(cause: Error): OutputClosed | InputError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') return new OutputClosed(cause);
  return new InputError(`standard output: cannot be written: ${cause.message}`, { cause });
}
