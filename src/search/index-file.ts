/**
 * An index on disk, one graph or several, and what it is of, as JSON beside it. The library maps any file and reads where its numbers point,
 * which ends the process if they point outside; so nothing is handed to it that was not looked at here. Damage to the
 * graph itself, in a file of the right size and shape, is not seen.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import * as z from 'zod';
import type { Matrix } from '../formats/npy.js';
import { checkJson, readJson } from '../files/read-json.js';
import { InputError } from '../errors.js';

/** How numbers are kept in an index. */
export const PRECISIONS = ['f32', 'f16', 'i8'] as const;
export type Precision = (typeof PRECISIONS)[number];

const count = z.number().int().positive();

/** One graph, of consecutive labels: those from where the part before it ends. */
const Part = z.object({ bytes: count, labels: count });
export type IndexPart = z.infer<typeof Part>;

const Description = z.object({
  /** The graphs, each in a file of its own. */
  parts: z.array(Part).min(1).max(65_536),
  /** Rows and columns of the matrix. Rows of zeros are not in the index. */
  labels: count,
  dim: count,
  /** Of a few of its rows: tells the matrix from another of the same shape. */
  digest: z.string(),
  precision: z.enum(PRECISIONS),
  /** Neighbours of a vector in the graph, and how widely the graph is searched when a vector is added, and found. */
  connectivity: z.number().int().min(2).max(1024),
  expansionAdd: z.number().int().min(1).max(65_536),
  expansionSearch: z.number().int().min(1).max(65_536),
});
export type IndexDescription = z.infer<typeof Description>;

/** What is known before there are files. */
export type IndexSettings = Omit<IndexDescription, 'parts'>;

/** The file of a part: the first has the name of the index. */
export const partOf = (index: string, part: number): string => (part === 0 ? index : `${index}.${part}`);

/** Where the description stands. An index without one was not finished. */
export const descriptionOf = (index: string): string => `${index}.json`;

const ROWS_IN_DIGEST = 64;

/** SHA-256 of rows that lie evenly in the matrix. */
export function digestOf(matrix: Matrix<'float32'>): string {
  const count = Math.min(ROWS_IN_DIGEST, matrix.rows);
  const ids = Array.from({ length: count }, (_x, i) => Math.floor((i * matrix.rows) / count));
  return createHash('sha256').update(matrix.gather(ids)).digest('hex');
}

/** What the index of a matrix says of itself. @throws InputError if it is missing, cut short or of another matrix. */
export function checkIndex(path: string, matrix: Matrix<'float32'>): IndexDescription {
  const description = readDescription(path);
  const { labels, dim, digest } = description;
  const again = 'dexa index makes it anew';
  if (labels !== matrix.rows || dim !== matrix.cols)
    throw new InputError(
      `${path}: of ${labels} vectors of ${dim} numbers, but ${matrix.path} has ${matrix.rows} of ${matrix.cols}; ${again}`,
    );
  if (digest !== digestOf(matrix))
    throw new InputError(`${path}: of other vectors than ${matrix.path} has; ${again}`);
  return description;
}

/** @throws InputError if the index or its description is missing, or they do not belong together. */
export function readDescription(path: string): IndexDescription {
  const description = checkJson(descriptionOf(path), Description, readJson(descriptionOf(path)));
  const { parts, labels, dim } = description;
  for (const [i, part] of parts.entries()) checkPart(partOf(path, i), part, dim);
  if (parts.reduce((sum, part) => sum + part.labels, 0) !== labels)
    throw new InputError(
      `${descriptionOf(path)}: its parts are not of ${labels} labels; dexa index makes it anew`,
    );
  return description;
}

function checkPart(path: string, part: IndexPart, dim: number): void {
  const bytes = statSync(path, { throwIfNoEntry: false })?.size;
  if (bytes === undefined) throw new InputError(`${path}: not found; dexa index makes it`);
  if (bytes !== part.bytes)
    throw new InputError(`${path}: ${bytes} bytes, ${part.bytes} expected; dexa index makes it anew`);
  if (!isIndex(path, part, dim))
    throw new InputError(`${path}: not an index of its description; dexa index makes it anew`);
}

/** Bytes of the header, and of the first number of the graph behind it. */
const HEADER = 64;
const HEAD = HEADER + 8;
const VERSION = 2;

/**
 * Whether a file is laid out as the library's are: the number of vectors and the bytes of one (uint32), the vectors, a
 * header with the format's name, its version (uint16, byte 7) and the vectors' dimension (uint64, byte 33), the graph,
 * which begins with its size.
 */
function isIndex(path: string, { bytes, labels }: IndexPart, dim: number): boolean {
  const shape = readBytes(path, 0, 8);
  const vectors = shape.readUInt32LE(0);
  const at = 8 + vectors * shape.readUInt32LE(4);
  if (vectors > labels || at + HEAD > bytes) return false;
  const head = readBytes(path, at, HEAD);
  return (
    head.toString('latin1', 0, 7) === 'usearch' &&
    head.readUInt16LE(7) === VERSION &&
    head.readBigUInt64LE(33) === BigInt(dim) &&
    head.readBigUInt64LE(HEADER) === BigInt(vectors)
  );
}

/** Zeros where the file has no more. @throws InputError if it cannot be read. */
function readBytes(path: string, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  try {
    const fd = openSync(path, 'r');
    try {
      readSync(fd, bytes, 0, length, at);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw new InputError(`${path}: cannot be read: ${(error as Error).message}`, { cause: error });
  }
  return bytes;
}
