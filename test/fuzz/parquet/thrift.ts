/** Writes Thrift's compact protocol, as far as Parquet needs it. */

/** A value with the protocol's number of its type. */
export interface Value {
  type: number;
  bytes: Buffer;
}

const BYTE = 3;
const INT = 5;
const LONG = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

/** An unsigned number, seven bits per byte. */
export function varint(value: bigint | number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

/** A signed number: small ones take few bytes, whatever their sign. */
export const zigzag = (value: bigint | number): Buffer => {
  const number = BigInt(value);
  return varint(number >= 0n ? 2n * number : -2n * number - 1n);
};

export const byte = (value: number): Value => ({ type: BYTE, bytes: Buffer.of(value) });
export const int = (value: number): Value => ({ type: INT, bytes: zigzag(value) });
export const long = (value: number): Value => ({ type: LONG, bytes: zigzag(value) });
export const truth = (value: boolean): Value => ({ type: value ? 1 : 2, bytes: Buffer.alloc(0) });

export function text(value: string): Value {
  const utf8 = Buffer.from(value);
  return { type: BINARY, bytes: Buffer.concat([varint(utf8.length), utf8]) };
}

/** A list of at least one value, all of one type. */
export function list(items: readonly Value[]): Value {
  const type = items[0]?.type ?? STRUCT;
  const { length } = items;
  const head =
    length < 15 ? Buffer.of((length << 4) | type) : Buffer.concat([Buffer.of(0xf0 | type), varint(length)]);
  return { type: LIST, bytes: Buffer.concat([head, ...items.map(({ bytes }) => bytes)]) };
}

/** A structure by field number; fields without a value are left out. */
export function struct(fields: Readonly<Record<number, Value | undefined>>): Value {
  const parts: Buffer[] = [];
  let last = 0;
  for (const [key, value] of Object.entries(fields)) {
    if (!value) continue;
    const field = Number(key);
    parts.push(Buffer.of(((field - last) << 4) | value.type), value.bytes); // never 15 fields apart
    last = field;
  }
  return { type: STRUCT, bytes: Buffer.concat([...parts, Buffer.of(0)]) };
}
