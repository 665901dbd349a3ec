/**
 * Guards the Parquet decoder, which trusts every number in the file: a negative length makes it loop for ever, and a long
 * run makes it allocate that much memory. Pages are decompressed and decoded one at a time, each in full and in a buffer of its
 * own: a text with a damaged length would otherwise include what is stored after its page.
 */
import { brotliDecompressSync, unzipSync } from 'node:zlib';
import type { Compressors } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { checkPrefixes } from './delta-prefixes.js';
import { readByte, readFields, readVarint, setTrue, type Field, type Reader } from './thrift.js';
import { checkFrame } from './zstd-frame.js';

/** The largest page accepted, in uncompressed bytes; writers make pages of about a megabyte. */
export const LARGEST_PAGE = 256 * 2 ** 20;
/** Number of values by which a page's last bit-packed run may be too long, because writers pad it. */
const PADDING = 512;

/** A column of a row group, as the footer describes it. */
export interface ColumnChunk {
  packed: boolean;
  /** Values in all of its pages; list elements are counted one by one. */
  values: number;
  /** The highest repetition and definition level. */
  levels: readonly [repetition: number, definition: number];
  /** Of lists: the highest definition level of a row without elements. */
  emptyList?: number;
}

/** Node's decompressors where it has them: they stop at the length that the page should have. Others have limits of their own. */
const UNPACK: Compressors = {
  ...compressors,
  GZIP: (packed, length) => unzipSync(packed, { maxOutputLength: Math.max(length, 1) }),
  BROTLI: (packed, length) => brotliDecompressSync(packed, { maxOutputLength: Math.max(length, 1) }),
  ZSTD: (packed, length) => {
    checkFrame(packed, length);
    return compressors.ZSTD!(packed, length);
  },
};

/**
 * A guard for one column of a row group: call `check` with its pages before they are decoded, and give `unpack` to the
 * decoder, for pages that are not packed too. Both throw a RangeError for impossible values.
 */
export function guardPages(chunk: ColumnChunk): { check: (pages: ArrayBuffer) => void; unpack: Compressors } {
  const unread: Page[] = []; // in the order in which the decoder reads them
  const list: OpenList = { isEmpty: true };

  const check = (pages: ArrayBuffer): void => {
    const reader = { view: new DataView(pages), offset: 0 };
    while (reader.offset < pages.byteLength - 1) {
      const page = readHeader(reader, chunk);
      const end = reader.offset + page.bytes;
      if (page.levelBytes) checkLevels(reader, page, chunk, list);
      unread.push(page);
      if (!page.packed) checkContent(readerOf(pages, reader.offset, end - reader.offset), page, chunk, list);
      reader.offset = end;
    }
  };

  const guarded = Object.entries(UNPACK).map(([codec, unpack]) => {
    const unpackChecked: typeof unpack = (bytes, length) => {
      const page = unread.shift();
      if (page && !page.packed) return new Uint8Array(bytes);
      // a page of empty lists only, which the package's LZ4 cannot decompress
      const content = length === 0 ? new Uint8Array() : alone(unpack(bytes, length));
      if (page) checkContent(readerOf(content.buffer, content.byteOffset, content.length), page, chunk, list);
      return content;
    };
    return [codec, unpackChecked] as const;
  });
  return { check, unpack: Object.fromEntries(guarded) };
}

/** The last list of the pages so far, which the next page may continue; none before the first page. */
interface OpenList {
  isEmpty: boolean;
}

/** A page as its header describes it. */
interface Page {
  /** Size in the file. */
  bytes: number;
  packed: boolean;
  /** 0 for a dictionary, which contains no runs. */
  values: number;
  encoding: number;
  /** In pages of version 2: size of the levels, which are stored uncompressed before the values. */
  levelBytes: readonly [repetition: number, definition: number] | undefined;
  /** In pages of version 2; in those of version 1 only the levels tell. */
  nulls: number;
}

const DATA = 0;
const DICTIONARY = 2;
const DATA_2 = 3;
const INDEX_ENCODINGS: readonly number[] = [2, 8];
const BOOLEAN_ENCODING = 3;
const PREFIX_ENCODING = 7;
const LAST_ENCODING = 9;

function readHeader(reader: Reader, { packed, values: most }: ColumnChunk): Page {
  const header = readFields(reader);
  expect('bytes', header[2], LARGEST_PAGE);
  const bytes = expect('packed bytes', header[3], reader.view.byteLength - reader.offset);
  const own = { [DATA]: header[5], [DICTIONARY]: header[7], [DATA_2]: header[8] }[
    expect('type', header[1], 3)
  ];
  const fields = typeof own === 'object' && !('at' in own) ? own : {};
  const values = expect('values', fields[1], most);
  const first = { bytes, packed, levelBytes: undefined, nulls: 0 };
  if (header[1] === DICTIONARY) return { ...first, values: 0, encoding: 0 };
  const encoding = expect('encoding', fields[header[1] === DATA ? 2 : 4], LAST_ENCODING);
  if (header[1] === DATA) return { ...first, values, encoding };
  const nulls = expect('nulls', fields[2], values);
  expect('rows', fields[3], values);
  const definition = expect('bytes of levels', fields[5], bytes);
  const repetition = expect('bytes of levels', fields[6], bytes - definition);
  const isPacked = fields[7];
  const isStored = typeof isPacked === 'object' && 'at' in isPacked && !isPacked.value;
  if (isStored) setTrue(reader, isPacked); // so that the decoder has it unpacked as any page
  return {
    bytes,
    packed: packed && !isStored,
    values,
    encoding,
    levelBytes: [repetition, definition],
    nulls,
  };
}

function expect(what: string, value: Field | undefined, most: number): number {
  if (typeof value === 'number' && value >= 0 && value <= most) return value;
  throw new RangeError(
    `${what} of a page: expected 0..${most}, got ${typeof value === 'number' ? value : 'no number'}`,
  );
}

function checkContent(reader: Reader, page: Page, chunk: ColumnChunk, list: OpenList): void {
  if (page.values === 0) return;
  const nulls = page.levelBytes ? page.nulls : checkLevels(reader, page, chunk, list);
  if (page.encoding === PREFIX_ENCODING)
    checkPrefixes(reader, { count: page.values - nulls, most: LARGEST_PAGE });
  if (page.encoding === BOOLEAN_ENCODING) throw new RangeError('a page of booleans');
  if (INDEX_ENCODINGS.includes(page.encoding)) checkRuns(reader, readByte(reader), page.values);
}

/** Checks the levels and passes over them; in pages of version 1, their size in bytes is before them. Returns the number of nulls. */
function checkLevels(
  reader: Reader,
  { values, levelBytes: sizes }: Page,
  { levels, emptyList }: ColumnChunk,
  list: OpenList,
): number {
  const [repetitions, definitions] = levels.map((level, i) => {
    if (level === 0 && !sizes) return undefined;
    const bytes = sizes ? sizes[i]! : reader.view.getUint32(reader.offset, true);
    if (!sizes) reader.offset += 4;
    const { buffer, byteOffset } = reader.view;
    const length = expect('bytes of levels', bytes, reader.view.byteLength - reader.offset);
    const decoded = new Uint8Array(values);
    checkRuns(readerOf(buffer, byteOffset + reader.offset, length), bitsOf(level), values, decoded);
    reader.offset += bytes;
    return decoded;
  });
  const nulls = definitions?.reduce((sum, level) => sum + Number(level !== levels[1]), 0) ?? 0;
  if (emptyList === undefined || !repetitions || !definitions) return nulls;
  for (let i = 0; i < values; i++) {
    expect('definition level', definitions[i], levels[1]);
    const isEmpty = definitions[i]! <= emptyList;
    if (repetitions[i] !== 0 && (isEmpty || list.isEmpty))
      throw new RangeError('a page with a list that has an element and is empty');
    list.isEmpty = isEmpty;
  }
  return nulls;
}

/** Checks runs of `values` numbers of `bits` bits: a repeated number, or bit-packed groups of eight numbers. */
function checkRuns(reader: Reader, bits: number, values: number, into?: Uint8Array): void {
  for (let seen = 0; seen < values && reader.offset < reader.view.byteLength;) {
    const head = readVarint(reader);
    const bitPacked = head % 2 === 1;
    const count = bitPacked ? 8 * (head >>> 1) : head >>> 1;
    const most = values - seen;
    expect('values in a run', count, bitPacked ? most + PADDING : most);
    if (into) decodeRun(reader, { bits: bitPacked ? bits : 0, count: Math.min(count, most) }, into, seen);
    seen += count;
    reader.offset += bitPacked ? Math.max((count / 8) * bits, 1) : Math.ceil(bits / 8);
  }
}

/** Levels of one or two bits, or, of 0 bits, one level that is repeated. */
function decodeRun(
  { view, offset }: Reader,
  { bits, count }: { bits: number; count: number },
  into: Uint8Array,
  at: number,
): void {
  if (bits === 0) {
    into.fill(view.getUint8(offset), at, at + count);
    return;
  }
  for (let i = 0; i < count; i++)
    into[at + i] = (view.getUint8(offset + ((i * bits) >> 3)) >> ((i * bits) & 7)) & ((1 << bits) - 1);
}

/** The bytes in a buffer of their own. */
const alone = (bytes: Uint8Array): Uint8Array =>
  bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);

const bitsOf = (level: number): number => 32 - Math.clz32(level);

const readerOf = (buffer: ArrayBufferLike, start: number, length: number): Reader => ({
  view: new DataView(buffer, start, length),
  offset: 0,
});
