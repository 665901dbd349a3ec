/** The part of Thrift's compact protocol that Parquet page headers use. */

/** The protocol's numbers of types; of a boolean in a structure, the type is the value. */
export const Type = {
  TRUE: 1,
  FALSE: 2,
  BYTE: 3,
  SHORT: 4,
  INT: 5,
  LONG: 6,
  DOUBLE: 7,
  BINARY: 8,
  LIST: 9,
  SET: 10,
  MAP: 11,
  STRUCT: 12,
} as const;

const { TRUE, FALSE, BYTE, SHORT, INT, LONG, BINARY, STRUCT } = Type;

export interface Reader {
  readonly view: DataView;
  offset: number;
}

/** A structure by field number. */
export interface Fields {
  [field: number]: Field;
}
/** A boolean, and where it is: in the type of its field. */
export interface Flag {
  readonly value: boolean;
  readonly at: number;
}
/** Numbers have 32 bits. Shorter and longer ones and byte strings, which page headers do not need, are `other`. */
export type Field = number | Flag | 'other' | Fields;

/** @throws RangeError if the structure ends beyond the view or has a type that page headers do not use. */
export function readFields(reader: Reader): Fields {
  const fields: Fields = {};
  for (let field = 0; ;) {
    const at = reader.offset;
    const head = readByte(reader);
    const type = head & 15;
    if (type === 0) return fields;
    field = head >> 4 === 0 ? readZigzag(reader) : field + (head >> 4);
    fields[field] = type === TRUE || type === FALSE ? { value: type === TRUE, at } : readField(reader, type);
  }
}

/** Changes a boolean that was read. */
export const setTrue = ({ view }: Reader, { at }: Flag): void => {
  view.setUint8(at, (view.getUint8(at) & 0xf0) | TRUE);
};

function readField(reader: Reader, type: number): Field {
  if (type === INT) return readZigzag(reader);
  if (type === STRUCT) return readFields(reader);
  if (type === BYTE) {
    readByte(reader);
    return 'other';
  }
  if (type !== SHORT && type !== LONG && type !== BINARY)
    throw new RangeError(`a page header with a field of type ${type}`);
  const value = readVarint(reader);
  if (type === BINARY) reader.offset += value;
  return 'other';
}

/** The lower 32 bits of a variable-length number with seven bits per byte. */
export function readVarint(reader: Reader): number {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const part = readByte(reader);
    value |= (part & 127) << shift;
    if (part < 128) return value >>> 0;
  }
}

/** @throws RangeError at the end of the view. */
export const readByte = (reader: Reader): number => reader.view.getUint8(reader.offset++);

/** The lower 32 bits of a signed number, of which small ones take few bytes. */
export function readZigzag(reader: Reader): number {
  const value = readVarint(reader);
  return (value >>> 1) ^ -(value & 1);
}
