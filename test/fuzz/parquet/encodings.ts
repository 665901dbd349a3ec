/** Encodes values and levels as Parquet pages have them, in the ways that the format permits. */
import { varint, zigzag } from './thrift.js';

/** A value as it is stored: integers, floats, or bytes. */
export type Stored = bigint | number | Buffer;
export type Physical =
  'BOOLEAN' | 'INT32' | 'INT64' | 'INT96' | 'FLOAT' | 'DOUBLE' | 'BYTE_ARRAY' | 'FIXED_LEN_BYTE_ARRAY';

/** Values one after another. */
export function plain(type: Physical, values: readonly Stored[]): Buffer {
  if (type !== 'BOOLEAN') return Buffer.concat(values.map((value) => bytesOf(type, value)));
  const bits = Buffer.alloc(Math.ceil(values.length / 8));
  values.forEach((value, i) => {
    bits[i >> 3]! |= Number(value) << (i & 7);
  });
  return bits;
}

function bytesOf(type: Physical, value: Stored): Buffer {
  const bytes = Buffer.alloc(type === 'INT32' || type === 'FLOAT' ? 4 : 8);
  if (type === 'INT32') bytes.writeInt32LE(Number(BigInt.asIntN(32, value as bigint)));
  else if (type === 'INT64') bytes.writeBigInt64LE(BigInt.asIntN(64, value as bigint));
  else if (type === 'FLOAT') bytes.writeFloatLE(value as number);
  else if (type === 'DOUBLE') bytes.writeDoubleLE(value as number);
  else if (type === 'BYTE_ARRAY') {
    const length = Buffer.alloc(4);
    length.writeUInt32LE((value as Buffer).length);
    return Buffer.concat([length, value as Buffer]);
  } else return value as Buffer;
  return bytes;
}

/** Byte 0 of all values, then byte 1, and so on. */
export function byteStreamSplit(type: Physical, values: readonly Stored[]): Buffer {
  const rows = values.map((value) => bytesOf(type, value));
  const width = rows[0]?.length ?? 0;
  return Buffer.from(Array.from({ length: width }, (_x, at) => rows.map((row) => row[at]!)).flat());
}

/** Numbers of `bits` bits each, the lowest bit first. */
function packed(values: readonly bigint[], bits: number): Buffer {
  let all = 0n;
  values.forEach((value, i) => {
    all |= value << BigInt(i * bits);
  });
  const bytes = Buffer.alloc(Math.ceil((values.length * bits) / 8));
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number((all >> BigInt(8 * at)) & 255n);
  return bytes;
}

/** Runs of equal numbers where there are eight or more, groups of eight otherwise; the last group is padded. */
export function hybrid(values: readonly number[], bits: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < values.length;) {
    let end = at + 1;
    while (end < values.length && values[end] === values[at]) end++;
    if (end - at >= 8) {
      const value = Buffer.alloc(4);
      value.writeUInt32LE(values[at]!);
      parts.push(varint(2 * (end - at)), value.subarray(0, Math.ceil(bits / 8)));
      at = end;
    } else {
      const group = Array.from({ length: 8 }, (_x, i) => BigInt(values[at + i] ?? 0));
      parts.push(varint(3), packed(group, bits));
      at += 8;
    }
  }
  return Buffer.concat(parts);
}

const BLOCK = 128;
const MINIBLOCK = 32;

/** Differences, of which the smallest of a block is taken away. They wrap as numbers of `width` bits do. */
export function delta(values: readonly bigint[], width: 32 | 64): Buffer {
  const parts = [varint(BLOCK), varint(BLOCK / MINIBLOCK), varint(values.length), zigzag(values[0] ?? 0n)];
  const deltas = values.slice(1).map((value, i) => BigInt.asIntN(width, value - values[i]!));
  for (let at = 0; at < deltas.length; at += BLOCK) {
    const block = deltas.slice(at, at + BLOCK);
    const least = block.reduce((a, b) => (a < b ? a : b));
    const minis = Array.from({ length: BLOCK / MINIBLOCK }, (_x, i) =>
      block.slice(i * MINIBLOCK, (i + 1) * MINIBLOCK).map((one) => BigInt.asUintN(width, one - least)),
    );
    const bits = minis.map((mini) => mini.reduce((most, one) => Math.max(most, bitsOf(one)), 0));
    parts.push(zigzag(least), Buffer.from(bits));
    minis.forEach((mini, i) => {
      const whole = [...mini, ...Array<bigint>(MINIBLOCK - mini.length).fill(0n)];
      if (mini.length > 0) parts.push(packed(whole, bits[i]!));
    });
  }
  return Buffer.concat(parts);
}

const bitsOf = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length);

const lengths = (values: readonly Buffer[]): Buffer =>
  delta(
    values.map(({ length }) => BigInt(length)),
    32,
  );

export const deltaLength = (values: readonly Buffer[]): Buffer => Buffer.concat([lengths(values), ...values]);

/** What each value shares with the beginning of the one before is left out. */
export function deltaBytes(values: readonly Buffer[]): Buffer {
  const shared = values.map((value, i) => {
    const before = values[i - 1] ?? Buffer.alloc(0);
    let same = 0;
    while (same < value.length && value[same] === before[same]) same++;
    return same;
  });
  const rest = values.map((value, i) => value.subarray(shared[i]));
  return Buffer.concat([delta(shared.map(BigInt), 32), deltaLength(rest)]);
}
