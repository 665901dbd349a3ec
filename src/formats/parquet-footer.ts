/**
 * Reads the footer of a Parquet file. The decoder takes a field of any type for the one that it expects, and sums of rows as
 * they are, so that a damaged footer may hide rows or change what values mean: types and sums are checked before.
 */
import { parquetMetadata, type AsyncBuffer, type FileMetaData } from 'hyparquet';
import { readByte, readVarint, Type, type Reader } from './thrift.js';

/** A type of Thrift's compact protocol, a list of one, or a structure by field number. */
type Shape = number | readonly [Shape] | { readonly [field: number]: Shape };

const { TRUE: BOOLEAN, FALSE, BYTE, INT, LONG, DOUBLE, BINARY, LIST, SET, MAP, STRUCT } = Type;

const TIME = { 1: BOOLEAN, 2: { 1: {}, 2: {}, 3: {} } };
const MEANING = { 5: { 1: INT, 2: INT }, 7: TIME, 8: TIME, 10: { 1: BYTE, 2: BOOLEAN } };
const ELEMENT = { 1: INT, 2: INT, 3: INT, 4: BINARY, 5: INT, 6: INT, 7: INT, 8: INT, 9: INT, 10: MEANING };
const CHUNK = {
  1: INT,
  2: [INT],
  3: [BINARY],
  4: INT,
  5: LONG,
  6: LONG,
  7: LONG,
  9: LONG,
  10: LONG,
  11: LONG,
} as const;
const GROUP = { 1: [{ 1: BINARY, 2: LONG, 3: CHUNK }], 2: LONG, 3: LONG } as const;
const FOOTER = { 1: INT, 2: [ELEMENT], 3: LONG, 4: [GROUP] } as const;

/** The length of the footer, and the mark after it. */
const TAIL = 8;

/** The largest footer accepted, in bytes; it describes each column of each row group in about a hundred. */
export const LARGEST_FOOTER = 16 * 2 ** 20;

/** @throws RangeError if it is too large, a field that is read is of another type, or rows do not add up. */
export async function readFooter(file: AsyncBuffer): Promise<FileMetaData> {
  const { byteLength } = file;
  const length = new DataView(await file.slice(byteLength - TAIL, byteLength)).getUint32(0, true);
  if (length > LARGEST_FOOTER)
    throw new RangeError(`a footer of ${length} bytes, at most ${LARGEST_FOOTER} are read`);
  if (length > byteLength - TAIL) throw new RangeError(`a footer of ${length} bytes in ${byteLength}`);
  const bytes = await file.slice(byteLength - TAIL - length, byteLength);
  checkStruct({ view: new DataView(bytes, 0, length), offset: 0 }, FOOTER);
  const metadata = parquetMetadata(bytes, { geoparquet: false });
  let rows = 0n;
  for (const { num_rows } of metadata.row_groups) {
    if (!(num_rows >= 0n)) throw new RangeError(`a row group of ${num_rows} rows`);
    rows += num_rows;
  }
  if (rows !== metadata.num_rows)
    throw new RangeError(`${metadata.num_rows} rows, and ${rows} in row groups`);
  return metadata;
}

function checkStruct(reader: Reader, shape: Shape | undefined): void {
  const shapes = typeof shape === 'object' && !isList(shape) ? shape : {};
  for (let field = 0; ;) {
    const head = readByte(reader);
    const type = head & 15;
    if (type === 0) return;
    field = head >> 4 === 0 ? readVarint(reader) >>> 1 : field + (head >> 4);
    const own = shapes[field];
    expectType(type === FALSE ? BOOLEAN : type, own);
    if (type !== BOOLEAN && type !== FALSE) checkValue(reader, type, own);
  }
}

/** Checks what has a shape and passes over all else. */
function checkValue(reader: Reader, type: number, shape: Shape | undefined): void {
  if (type === STRUCT) checkStruct(reader, shape);
  else if (type === LIST || type === SET) checkList(reader, shape);
  else if (type === MAP) passMap(reader);
  else if (type === BOOLEAN || type === FALSE || type === BYTE) readByte(reader);
  else if (type === DOUBLE) reader.offset += 8;
  else if (type > BINARY) throw new RangeError(`a footer with a field of type ${type}`);
  else {
    const value = readVarint(reader);
    if (type === BINARY) reader.offset += value;
  }
}

function checkList(reader: Reader, shape: Shape | undefined): void {
  const head = readByte(reader);
  const count = head >> 4 === 15 ? readVarint(reader) : head >> 4;
  const own = shape !== undefined && isList(shape) ? shape[0] : undefined;
  if (count > 0) expectType(head & 15, own);
  for (let i = 0; i < count; i++) checkValue(reader, head & 15, own);
}

function passMap(reader: Reader): void {
  const count = readVarint(reader);
  const types = count > 0 ? readByte(reader) : 0;
  for (let i = 0; i < count; i++) {
    checkValue(reader, types >> 4, undefined);
    checkValue(reader, types & 15, undefined);
  }
}

function expectType(type: number, shape: Shape | undefined): void {
  if (shape === undefined) return;
  const expected = typeof shape === 'number' ? shape : isList(shape) ? LIST : STRUCT;
  if (type !== expected) throw new RangeError(`a footer with a field of type ${type} for ${expected}`);
}

const isList = (shape: Shape): shape is readonly [Shape] => Array.isArray(shape);
