import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { InputError } from '../errors.js';

/** Ends of names of compressed files. */
export const COMPRESSED = /\.(gz|zst)$/i;

/**
 * The bytes of a file (`-` is standard input) in chunks, decompressed if its name ends in `.gz` or `.zst`. Reads no further than it
 * is pulled. Failures are told by `unreadable`.
 */
export function bytesOf(path: string): AsyncIterable<Buffer> {
  if (path === '-') return process.stdin as AsyncIterable<Buffer>;
  const file = createReadStream(path);
  const [, end] = COMPRESSED.exec(path) ?? [];
  if (end === undefined) return file as AsyncIterable<Buffer>;
  if (end.toLowerCase() === 'zst') return decompressed(file as AsyncIterable<Buffer>);
  // An error on either side, or leaving the loop early, destroys both streams; the loop itself reports the error.
  return pipeline(file, createGunzip(), () => undefined);
}

/** Four bytes of Zstandard may stand for 128 KiB, so a small piece at a time is decompressed. */
const PIECE = 1024;

async function* decompressed(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  const stream = new Decompress((part) => parts.push(part));
  const push = (piece: Uint8Array, last = false): Buffer => {
    try {
      stream.push(piece, last);
    } catch (cause) {
      throw new ZstdError((cause as Error).message, { cause });
    }
    const bytes = Buffer.concat(parts);
    parts = [];
    return bytes;
  };
  for await (const chunk of file)
    for (let at = 0; at < chunk.length; at += PIECE) yield push(chunk.subarray(at, at + PIECE));
  yield push(new Uint8Array(), true);
}

class ZstdError extends Error {}

/** What `bytesOf` throws, as bad input; `place` is the file, or the file and the line before which it ended. */
export function unreadable({ path, place }: { path: string; place: string }, cause: unknown): InputError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR') return new InputError(`${place}: the gzip file is truncated`, { cause });
  if (code.startsWith('Z_'))
    return new InputError(`${place}: not a gzip file, or a damaged one: ${message}`, { cause });
  if (cause instanceof ZstdError)
    return new InputError(`${place}: not a Zstandard file, or a damaged or truncated one: ${message}`, {
      cause,
    });
  return new InputError(`${path}: cannot be read: ${message}`, { cause });
}
