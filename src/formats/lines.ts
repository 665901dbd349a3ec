import { checkBeginning } from '../files/beginning.js';
import { InputError } from '../errors.js';
import { bytesOf, unreadable } from './bytes.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A line of a text file, without its line ending. */
export class Line {
  /** File and line number (from 1), as errors name them. */
  readonly place: string;
  readonly #bytes: Buffer;

  constructor(place: string, bytes: Buffer) {
    this.place = place;
    this.#bytes = bytes;
  }

  /** @throws InputError if the line is not UTF-8, or has a NUL. */
  get text(): string {
    if (this.#bytes.includes(0))
      throw new InputError(`${this.place}: contains a NUL; is it UTF-16? expected UTF-8`);
    try {
      return utf8.decode(this.#bytes);
    } catch (cause) {
      throw new InputError(`${this.place}: not UTF-8`, { cause });
    }
  }
}

/** Bytes of the longest text that any format must be able to hold. */
export const LONGEST_TEXT = 64 * 2 ** 20;

/**
 * Bytes of the longest line: JSON takes up to six for a byte of a text, as in `\u0001`; a mebibyte is left for other fields.
 * Less than the longest string of V8.
 */
export const LONGEST_LINE = 6 * LONGEST_TEXT + 2 ** 20;

export interface ReadLinesOptions {
  /** The longest line accepted, in bytes; default `LONGEST_LINE`. */
  longest?: number;
}

const NEWLINE = 10;

/**
 * The lines of a UTF-8 file (`-` is standard input), decompressed if its name ends in `.gz` or `.zst`, in batches of one chunk of the
 * file each. Reads no further than it is pulled.
 * @throws InputError naming file and line if the file is missing or truncated, or a line is too long.
 */
export async function* readLines(
  path: string,
  { longest = LONGEST_LINE }: ReadLinesOptions = {},
): AsyncGenerator<Line[]> {
  let number = 1;
  let pending: Buffer[] = [];
  let pendingBytes = 0;

  const complete = (): Line => {
    const bytes = pending.length === 1 ? pending[0]! : Buffer.concat(pending);
    const end = bytes.at(-1) === 13 ? bytes.length - 1 : bytes.length;
    const line = new Line(`${path}:${number}`, bytes.subarray(0, end));
    pending = [];
    pendingBytes = 0;
    number++;
    return line;
  };
  const hold = (bytes: Buffer): void => {
    pendingBytes += bytes.length;
    if (pendingBytes > longest) throw new InputError(`${path}:${number}: longer than ${longest} bytes`);
    pending.push(bytes);
  };

  try {
    for await (const chunk of bytesOf(path)) {
      if (number === 1 && pendingBytes === 0) checkBeginning(path, chunk);
      const lines: Line[] = [];
      let begin = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, begin)) {
        hold(chunk.subarray(begin, end));
        lines.push(complete());
        begin = end + 1;
      }
      if (begin < chunk.length) hold(chunk.subarray(begin));
      if (lines.length > 0) yield lines;
    }
    if (pending.length > 0) yield [complete()];
  } catch (cause) {
    throw cause instanceof InputError ? cause : unreadable({ path, place: `${path}:${number}` }, cause);
  }
}
