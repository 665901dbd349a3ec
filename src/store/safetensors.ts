/** Named tensors in one file (safetensors): an 8-byte header length, a JSON header, then the values. */
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { renameSync } from 'node:fs';
import * as z from 'zod';
import { InputError } from '../stream/errors.js';

export interface Tensor {
  shape: readonly number[];
  data: Float32Array;
}
export type Tensors = Record<string, Tensor>;

const MAX_HEADER_BYTES = 16 << 20;

const Entry = z.object({
  dtype: z.literal('F32'),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});

const size = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** Writes aside, to the disk, then renames: the file is whole or the one before. */
export function writeSafetensors(path: string, tensors: Tensors): void {
  const header: Record<string, z.infer<typeof Entry>> = {};
  let end = 0;
  for (const [name, { shape, data }] of Object.entries(tensors))
    header[name] = { dtype: 'F32', shape: [...shape], data_offsets: [end, (end += data.byteLength)] };
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([text, Buffer.alloc(-text.length & 7, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const fd = openSync(`${path}.partial`, 'w');
  try {
    for (const part of [length, padded, ...Object.values(tensors).map((t) => t.data)])
      for (let done = 0; done < part.byteLength;) done += writeSync(fd, part, done);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(`${path}.partial`, path);
}

/** Reads all tensors, float32 only. @throws InputError if the file is missing, cut short or not what it says. */
export function readSafetensors(path: string): Tensors {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    throw new InputError(`${path}: cannot be opened`, { cause: error });
  }
  try {
    const bytes = fstatSync(fd).size;
    const prefix = Buffer.alloc(8);
    readSync(fd, prefix, 0, 8, 0);
    const headerBytes = Number(prefix.readBigUInt64LE());
    if (bytes < 8 || headerBytes > MAX_HEADER_BYTES || 8 + headerBytes > bytes)
      throw new InputError(`${path}: not a safetensors file (header of ${headerBytes} bytes)`);
    const text = Buffer.alloc(headerBytes);
    readSync(fd, text, 0, headerBytes, 8);
    return readTensors(path, fd, 8 + headerBytes, bytes, parseHeader(path, text.toString()));
  } finally {
    closeSync(fd);
  }
}

function parseHeader(path: string, text: string): Map<string, z.infer<typeof Entry>> {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path}: the header is not JSON`, { cause: error });
  }
  const entries = new Map<string, z.infer<typeof Entry>>();
  for (const [name, value] of Object.entries(z.record(z.string(), z.unknown()).parse(header))) {
    if (name === '__metadata__') continue;
    const entry = Entry.safeParse(value);
    if (!entry.success) throw new InputError(`${path}: tensor ${name} is not a float32 tensor`);
    entries.set(name, entry.data);
  }
  return entries;
}

function readTensors(
  path: string,
  fd: number,
  start: number,
  bytes: number,
  entries: Map<string, z.infer<typeof Entry>>,
): Tensors {
  const tensors: Tensors = {};
  for (const [
    name,
    {
      shape,
      data_offsets: [begin, end],
    },
  ] of entries) {
    if (start + end > bytes || end - begin !== 4 * size(shape))
      throw new InputError(
        `${path}: tensor ${name} [${shape.join(', ')}] does not fit its ${end - begin} bytes`,
      );
    const data = new Float32Array(size(shape));
    for (let done = 0; done < data.byteLength;)
      done += readSync(fd, data, done, data.byteLength - done, start + begin + done);
    tensors[name] = { shape, data };
  }
  return tensors;
}
