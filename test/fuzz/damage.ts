/** Ways to damage a file, and the permitted outcomes of reading it. */
import fc from 'fast-check';
import { inputError } from '../../src/errors.js';

/** May change the given bytes in place. */
export type Damage = (bytes: Buffer) => Buffer;

export const flip =
  (bit: number): Damage =>
  (bytes) => {
    bytes[(bit >> 3) % bytes.length]! ^= 1 << (bit & 7);
    return bytes;
  };

const overwrite =
  (at: number, garbage: Uint8Array): Damage =>
  (bytes) => {
    bytes.set(garbage.slice(0, bytes.length), at % Math.max(1, bytes.length - garbage.length));
    return bytes;
  };

const cut =
  (length: number): Damage =>
  (bytes) =>
    bytes.subarray(0, length % bytes.length);

/** Damages bytes, mostly among the first `reach`, where headers are. */
export function damageOf(reach: number): fc.Arbitrary<Damage> {
  const garbage = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 16 }),
    fc.constantFrom(Uint8Array.of(255, 255, 255, 127), new Uint8Array(8).fill(255), new Uint8Array(4)),
  );
  return fc.oneof(
    fc.nat(8 * reach).map(flip),
    fc.tuple(fc.nat(reach), garbage).map(([at, bytes]) => overwrite(at, bytes)),
    fc.nat(reach).map(cut),
  );
}

/** Takes bytes out, or writes some of them, or other text, between others: what follows is no longer where it was. */
export function shiftOf(reach: number, texts: readonly string[]): fc.Arbitrary<Damage> {
  const placed = (at: number, bytes: Buffer) => at % (bytes.length + 1);
  return fc.oneof(
    fc.tuple(fc.nat(reach), fc.integer({ min: 1, max: 40 })).map(([at, length]): Damage => (bytes) => {
      const from = placed(at, bytes);
      return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + length)]);
    }),
    fc
      .tuple(fc.nat(reach), fc.nat(reach), fc.integer({ min: 1, max: 40 }))
      .map(([at, of, length]): Damage => (bytes) => {
        const [to, from] = [placed(at, bytes), placed(of, bytes)];
        return Buffer.concat([
          bytes.subarray(0, to),
          bytes.subarray(from, from + length),
          bytes.subarray(to),
        ]);
      }),
    fc
      .tuple(fc.nat(reach), fc.constantFrom(...texts), fc.boolean())
      .map(([at, text, over]): Damage => (bytes) => {
        const [to, inserted] = [placed(at, bytes), Buffer.from(text, 'latin1')];
        return Buffer.concat([
          bytes.subarray(0, to),
          inserted,
          bytes.subarray(to + (over ? inserted.length : 0)),
        ]);
      }),
  );
}

const ODD: unknown[] = [
  null,
  -1,
  0.5,
  1e308,
  2 ** 31,
  2 ** 53,
  '',
  '../../../etc/passwd',
  '/etc/passwd',
  'x'.repeat(10_000),
  [],
  {},
  [[[[]]]],
  true,
];

/** Damages a JSON file: changes or removes a value somewhere. */
export const damageOfJson = (): fc.Arbitrary<Damage> =>
  fc
    .tuple(fc.array(fc.nat(40), { minLength: 1, maxLength: 6 }), fc.constantFrom(...ODD, undefined))
    .map(([way, value]): Damage => (bytes) => {
      const root: unknown = JSON.parse(bytes.toString());
      replaceAt(root, way, value);
      return Buffer.from(JSON.stringify(root));
    });

/** Descends along the keys chosen by `way`, and replaces the value at the end. */
function replaceAt(root: unknown, way: readonly number[], value: unknown): void {
  let parent = root as Record<string, unknown>;
  for (const [depth, step] of way.entries()) {
    const keys = Object.keys(parent);
    const key = keys[step % keys.length];
    if (key === undefined) return;
    const child = parent[key];
    if (
      depth + 1 < way.length &&
      typeof child === 'object' &&
      child !== null &&
      Object.keys(child).length > 0
    )
      parent = child as Record<string, unknown>;
    else {
      parent[key] = value;
      return;
    }
  }
}

/** Awaits work that may refuse its input in one line, but must not fail in any other way. */
export async function survives(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    const refused = inputError(error);
    if (!refused || refused.message.includes('\n') || refused.message.length > 2000) throw error;
  }
}
