/** Named tensors in one file (safetensors): an 8-byte header length, a JSON header, then the values. */
import { closeSync, fstatSync, fsyncSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { readFully } from '../files/read-fully.js';
import { InputError } from '../errors.js';
import { fromBfloat16, fromFloat16 } from './half.js';
import { syncPath } from '../files/sync.js';
import { POINTER_BYTES, refusePointer } from '../files/beginning.js';
import { writeFully } from '../files/write-fully.js';

export interface Tensor {
  shape: readonly number[];
  data: Float32Array;
}
export type Tensors = Record<string, Tensor>;

/** A tensor of a type that is not computed with: only its bytes, to be copied. */
export interface OpaqueTensor {
  dtype: string;
  shape: readonly number[];
  data: Uint8Array;
}

/** The longest header accepted. */
export const MOST_HEADER_BYTES = 16 << 20;

const Entry = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});
/** A tensor's entry in the header. */
export type Entry = z.infer<typeof Entry>;
export type Entries = ReadonlyMap<string, Entry>;

/** The types that can be read, all as float32. */
const FLOATS: Readonly<Record<string, { bytes: number; widen?: (values: Uint16Array) => Float32Array }>> = {
  F32: { bytes: 4 },
  F16: { bytes: 2, widen: (values) => fromFloat16(values) },
  BF16: { bytes: 2, widen: fromBfloat16 },
};
export const isFloat = ({ dtype }: Pick<Entry, 'dtype'>): boolean => Object.hasOwn(FLOATS, dtype);

const size = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** Writes a temporary file, syncs it and renames it: the file is the complete new one or the previous one. */
export function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, Tensor | OpaqueTensor>>,
  { metadata }: { metadata?: Readonly<Record<string, string>> } = {},
): void {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, tensor]): [string, Entry] => {
    const { shape, data } = tensor;
    const dtype = 'dtype' in tensor ? tensor.dtype : 'F32';
    return [name, { dtype, shape: [...shape], data_offsets: [end, (end += data.byteLength)] }];
  });
  // from entries: assigning to the name `__proto__` would add nothing
  const header = Object.fromEntries<unknown>([
    ...(metadata ? [['__metadata__', metadata] as const] : []),
    ...entries,
  ]);
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([text, Buffer.alloc(-text.length & 7, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const fd = openSync(`${path}.partial`, 'w');
  try {
    for (const part of [length, padded, ...Object.values(tensors).map((t) => t.data)])
      writeFully({ path, fd }, part);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(`${path}.partial`, path);
  syncPath(dirname(path));
}

/** The tensors of a file, without their values. @throws InputError if it is missing, truncated or malformed. */
export const readEntries = (path: string): Entries => opened(path, ({ entries }) => entries);

/**
 * Reads all tensors, or the named ones, as float32.
 * @throws InputError if the file is missing, truncated or malformed, or a requested tensor is not of floats.
 */
export function readSafetensors(path: string, names?: readonly string[]): Tensors {
  return opened(path, ({ entries, ...file }) => {
    const wanted = names ?? [...entries.keys()];
    return Object.fromEntries(
      wanted.map((name) => [name, readFloats(file, name, entries.get(name)!)] as const),
    );
  });
}

/** Reads the tensors that `readSafetensors` refuses. */
export function readOpaque(path: string): Record<string, OpaqueTensor> {
  return opened(path, ({ entries, ...file }) => {
    const others = [...entries].filter(([, entry]) => !isFloat(entry));
    return Object.fromEntries(
      others.map(([name, { dtype, shape, data_offsets }]) => {
        const bytes = new Uint8Array(data_offsets[1] - data_offsets[0]);
        const data = readInto(file, bytes, file.start + data_offsets[0]);
        return [name, { dtype, shape, data }] as const;
      }),
    );
  });
}

interface OpenFile {
  path: string;
  fd: number;
  /** Byte offset of the values. */
  start: number;
}

function opened<T>(path: string, use: (file: OpenFile & { entries: Entries }) => T): T {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    throw new InputError(`${path}: cannot be opened`, { cause: error });
  }
  try {
    const bytes = fstatSync(fd).size;
    const prefix = Buffer.alloc(Math.max(8, POINTER_BYTES));
    readFully(fd, prefix, 0);
    refusePointer(path, prefix);
    const headerBytes = Number(prefix.readBigUInt64LE());
    if (bytes < 8 || headerBytes > MOST_HEADER_BYTES || 8 + headerBytes > bytes)
      throw new InputError(`${path}: not a safetensors file (header of ${headerBytes} bytes)`);
    const text = Buffer.alloc(headerBytes);
    readFully(fd, text, 8);
    const start = 8 + headerBytes;
    return use({ path, fd, start, entries: parseHeader(path, text.toString(), bytes - start) });
  } finally {
    closeSync(fd);
  }
}

function parseHeader(path: string, text: string, bytes: number): Entries {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path}: the header is not JSON`, { cause: error });
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw new InputError(`${path}: the header is not an object`);
  const entries = new Map<string, Entry>();
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const { data: entry } = Entry.safeParse(value);
    if (!entry) throw new InputError(`${path}: tensor ${name} has no type, shape and place`);
    const { dtype, shape, data_offsets: place } = entry;
    const length = place[1] - place[0];
    if (length < 0 || place[1] > bytes || (isFloat(entry) && length !== FLOATS[dtype]!.bytes * size(shape)))
      throw new InputError(`${path}: tensor ${name} [${shape.join(', ')}] does not fit its ${length} bytes`);
    entries.set(name, entry);
  }
  checkDisjoint(path, entries);
  return entries;
}

/** No two tensors overlap, so a small file cannot claim more values than it has. */
function checkDisjoint(path: string, entries: Entries): void {
  const places = [...entries].map(([name, { data_offsets: place }]) => ({ name, place }));
  places.sort((a, b) => a.place[0] - b.place[0] || a.place[1] - b.place[1]);
  places.forEach(({ name, place }, i) => {
    const before = places[i - 1];
    if (before && place[0] < before.place[1])
      throw new InputError(`${path}: tensors ${before.name} and ${name} overlap`);
  });
}

function readFloats(file: OpenFile, name: string, entry: Entry): Tensor {
  const { path, start } = file;
  const { dtype, shape, data_offsets } = entry;
  const type = FLOATS[dtype];
  if (!type)
    throw new InputError(`${path}: tensor ${name} is of type ${dtype}; F32, F16 and BF16 can be read`);
  const at = start + data_offsets[0];
  if (type.widen) return { shape, data: type.widen(readInto(file, new Uint16Array(size(shape)), at)) };
  return { shape, data: readInto(file, new Float32Array(size(shape)), at) };
}

function readInto<T extends Float32Array | Uint16Array | Uint8Array>(
  { path, fd }: OpenFile,
  data: T,
  at: number,
): T {
  if (readFully(fd, data, at) < data.byteLength)
    throw new InputError(`${path}: was truncated while it was read`);
  return data;
}
