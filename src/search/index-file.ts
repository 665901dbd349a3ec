/**
 * An index on disk: one or more graphs, and a JSON description beside them. The library maps any file and follows the
 * offsets in it, which crashes the process if they point outside, so every file is checked here first, byte by byte.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, statSync } from 'node:fs';
import * as z from 'zod';
import { readFully } from '../files/read-fully.js';
import type { Matrix } from '../formats/npy.js';
import { digestNow } from '../files/file-record.js';
import { checkSeal, isSealed } from '../files/seal.js';
import { checkJson, readJson } from '../files/read-json.js';
import { InputError } from '../errors.js';

/** Precision of the numbers in an index. */
export const PRECISIONS = ['f32', 'f16', 'i8'] as const;
export type Precision = (typeof PRECISIONS)[number];

const count = z.number().int().positive();

/** One graph, of consecutive labels: they follow those of the part before. */
const Part = z.object({ bytes: count, labels: count, sha256: z.string() });
export type IndexPart = z.infer<typeof Part>;

const Description = z.object({
  /** The graphs, one file each. */
  parts: z.array(Part).min(1).max(65_536),
  /** Rows and columns of the matrix. Rows of zeros are not in the index. */
  labels: count,
  dim: count,
  /** Of a few of its rows: tells matrices of the same shape apart. */
  digest: z.string(),
  precision: z.enum(PRECISIONS),
  /** Neighbours of a vector in the graph, and how widely the graph is searched when a vector is added, and found. */
  connectivity: z.number().int().min(2).max(1024),
  expansionAdd: z.number().int().min(1).max(65_536),
  expansionSearch: z.number().int().min(1).max(65_536),
});
export type IndexDescription = z.infer<typeof Description>;

/** What is known before the files exist. */
export type IndexSettings = Omit<IndexDescription, 'parts'>;

/** The file of a part: the first has the name of the index. */
export const partOf = (index: string, part: number): string => (part === 0 ? index : `${index}.${part}`);

/** Path of the description. An index without one is unfinished. */
export const descriptionOf = (index: string): string => `${index}.json`;

/** What to do about an index that cannot be used. */
export const REBUILD = 'rebuild it with dexa index';

const ROWS_IN_DIGEST = 64;

/** SHA-256 of evenly spaced rows of the matrix. */
export function digestOf(matrix: Matrix<'float32'>): string {
  const count = Math.min(ROWS_IN_DIGEST, matrix.rows);
  const ids = Array.from({ length: count }, (_x, i) => Math.floor((i * matrix.rows) / count));
  return createHash('sha256').update(matrix.gather(ids)).digest('hex');
}

/** The description of a matrix's index. @throws InputError if the index is missing, truncated or built from another matrix. */
export function checkIndex(path: string, matrix: Matrix<'float32'>): IndexDescription {
  const description = readDescription(path);
  const { labels, dim, digest } = description;
  if (labels !== matrix.rows || dim !== matrix.cols)
    throw new InputError(
      `${path}: was built from ${labels} vectors of ${dim} numbers, but ${matrix.path} has ${matrix.rows} of ${matrix.cols}; ${REBUILD}`,
    );
  if (digest !== digestOf(matrix))
    throw new InputError(`${path}: was built from other vectors than those of ${matrix.path}; ${REBUILD}`);
  return description;
}

/** @throws InputError if the index or its description is missing, or they do not match. */
export function readDescription(path: string): IndexDescription {
  const json = readJson(descriptionOf(path));
  const description = checkJson(descriptionOf(path), Description, json);
  checkSeal(descriptionOf(path), json);
  if (!isSealed(json)) throw new InputError(`${descriptionOf(path)}: has no digest; ${REBUILD}`);
  const { parts, labels, dim } = description;
  for (const [i, part] of parts.entries()) checkPart(partOf(path, i), part, dim);
  if (parts.reduce((sum, part) => sum + part.labels, 0) !== labels)
    throw new InputError(`${descriptionOf(path)}: its parts do not add up to ${labels} labels; ${REBUILD}`);
  return description;
}

function checkPart(path: string, part: IndexPart, dim: number): void {
  const bytes = statSync(path, { throwIfNoEntry: false })?.size;
  if (bytes === undefined) throw new InputError(`${path}: not found; dexa index builds it`);
  if (bytes !== part.bytes)
    throw new InputError(`${path}: ${bytes} bytes, ${part.bytes} expected; ${REBUILD}`);
  if (!isIndex(path, part, dim) || digestNow(path) !== part.sha256)
    throw new InputError(`${path}: does not match its description; ${REBUILD}`);
}

/** Bytes of the header, and of the header with the first number of the graph after it. */
const HEADER = 64;
const HEAD = HEADER + 8;
const VERSION = 2;

/**
 * Whether a file has the library's layout: the number of vectors and the bytes of one (uint32), the vectors, a
 * header with the format's name, its version (uint16, byte 7) and the vectors' dimension (uint64, byte 33), the graph,
 * which starts with its size.
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

/** Zeros past the end of the file. @throws InputError if it cannot be read. */
function readBytes(path: string, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  try {
    const fd = openSync(path, 'r');
    try {
      readFully(fd, bytes, at);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw new InputError(`${path}: cannot be read: ${(error as Error).message}`, { cause: error });
  }
  return bytes;
}
