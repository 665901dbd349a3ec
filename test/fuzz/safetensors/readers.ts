/** Tensors by the package, and by a second reader that has the whole file in memory. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { readEntries, readOpaque, readSafetensors } from '../../../src/formats/safetensors.js';
import type { Readers } from '../format.js';
import { brainAt, halfAt } from '../half.js';
import { ours, theirs } from '../outcome.js';

/** Name, type, shape and values of each tensor, in the order of the file; of other types than floats, the bytes. */
type Listed = [name: string, dtype: string, shape: readonly number[], data: ArrayLike<number>][];

function byPackage(path: string): Listed {
  const opaque = readOpaque(path);
  return [...readEntries(path)].map(([name, { dtype, shape }]) => {
    const other = Object.hasOwn(opaque, name) ? opaque[name] : undefined;
    return [name, dtype, shape, other ? other.data : readSafetensors(path, [name])[name]!.data];
  });
}

const natural = z.number().int().nonnegative();
const Entry = z.object({
  dtype: z.string(),
  shape: z.array(natural),
  data_offsets: z.tuple([natural, natural]),
});

const FLOATS: Readonly<Record<string, { bytes: number; at: (view: DataView, at: number) => number }>> = {
  F32: { bytes: 4, at: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, at: halfAt },
  BF16: { bytes: 2, at: brainAt },
};

function bySecond(path: string): Listed {
  const bytes = readFileSync(path);
  const length = bytes.readUInt32LE(0);
  if (bytes.readUInt32LE(4) !== 0 || 8 + length > bytes.length) throw new Error('no header');
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as object;
  const values = bytes.subarray(8 + length);
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, given]) => {
      const { dtype, shape, data_offsets } = Entry.parse(given);
      const [from, to] = data_offsets;
      if (from > to || to > values.length) throw new Error('not within the file');
      const data = values.subarray(from, to);
      const float = FLOATS[dtype];
      if (!float) return [name, dtype, shape, data];
      if (data.length !== float.bytes * shape.reduce((product, n) => product * n, 1))
        throw new Error('another size');
      const view = new DataView(data.buffer, data.byteOffset, data.length);
      const floats = Array.from({ length: data.length / float.bytes }, (_x, i) =>
        float.at(view, i * float.bytes),
      );
      return [name, dtype, shape, floats];
    });
}

export const safetensorsReaders: Readers = {
  ours: async (path) => ({ tensors: await ours(() => byPackage(path)) }),
  theirs: async (path) => ({ tensors: await theirs(() => bySecond(path)) }),
};
