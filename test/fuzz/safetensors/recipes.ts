/** Files of tensors of every type, with any names, as other programs write them and as the package does. */
import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { writeSafetensors } from '../../../src/formats/safetensors.js';
import type { Recipe } from '../format.js';

const BYTES: Readonly<Record<string, number>> = {
  F32: 4,
  F16: 2,
  BF16: 2,
  F64: 8,
  I64: 8,
  I32: 4,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
};

const name = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('__proto__', 'constructor', '1', 'é\u2028'),
);
const shape = fc.array(fc.nat(4), { maxLength: 3 });
const metadata = fc.option(
  fc.dictionary(fc.string({ maxLength: 4 }), fc.string({ maxLength: 4 }), { maxKeys: 2 }),
);
const product = (sizes: readonly number[]): number => sizes.reduce((all, n) => all * n, 1);

const byOthers: fc.Arbitrary<Recipe> = fc
  .record({
    tensors: fc.uniqueArray(fc.record({ name, dtype: fc.constantFrom(...Object.keys(BYTES)), shape }), {
      selector: (tensor) => tensor.name,
      maxLength: 4,
    }),
    metadata,
    filling: fc.uint8Array({ minLength: 1, maxLength: 64 }),
    padding: fc.constantFrom('', '  ', '\n'),
  })
  .map(({ tensors, metadata, filling, padding }) => ({
    what: `tensors ${JSON.stringify(tensors)}`,
    make: async (path) => {
      let end = 0;
      const entries = tensors.map(({ name, dtype, shape }) => {
        const data_offsets = [end, (end += BYTES[dtype]! * product(shape))];
        return `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets })}`;
      });
      if (metadata) entries.unshift(`"__metadata__":${JSON.stringify(metadata)}`);
      const header = Buffer.from(`{${entries.join()}}${padding}`);
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(header.length));
      writeFileSync(path, Buffer.concat([length, header, Buffer.alloc(end, filling)]));
    },
  }));

const byPackage: fc.Arbitrary<Recipe> = fc
  .tuple(fc.dictionary(name, fc.tuple(shape, fc.float()), { maxKeys: 4 }), metadata)
  .map(([given, metadata]) => ({
    what: `by the package: ${Object.keys(given).length} tensors`,
    make: async (path) => {
      const tensors = Object.entries(given).map(([name, [shape, value]]) => {
        const data = new Float32Array(product(shape)).fill(value);
        return [name, { shape, data }] as const;
      });
      writeSafetensors(path, Object.fromEntries(tensors), metadata ? { metadata } : {});
    },
  }));

export const safetensorsRecipes = fc.oneof(
  { weight: 3, arbitrary: byOthers },
  { weight: 1, arbitrary: byPackage },
);
