/** A small writer of Parquet, apart from the package's: it writes every layout, encoding and kind of page that is read. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { byteStreamSplit, delta, deltaBytes, deltaLength, hybrid, plain, type Stored } from './encodings.js';
import { entriesOf, highest, schemaOf, typeNumber, type ColumnPlan, type Entry } from './layout.js';
import { int, list, long, struct, text, truth, varint, type Value } from './thrift.js';

export type Encoding = 'plain' | 'dictionary' | 'delta' | 'delta of prefixes' | 'byte stream split';
export type Codec = keyof typeof CODECS;

export interface FilePlan {
  columns: readonly ColumnPlan[];
  encoding: Encoding;
  codec: Codec;
  version: 1 | 2;
  /** Values in a page; pages of version 2 end with a row. */
  pageValues: number;
  groupRows: number;
}

/** Numbers of the codecs, and what they do. Snappy and LZ4 are written as literals, which their readers must take too. */
const CODECS = {
  none: { number: 0, pack: (bytes: Buffer) => bytes },
  snappy: {
    number: 1,
    pack: (bytes: Buffer) => Buffer.concat([varint(bytes.length), ...snappyLiterals(bytes)]),
  },
  gzip: { number: 2, pack: (bytes: Buffer) => gzipSync(bytes) },
  brotli: { number: 4, pack: (bytes: Buffer) => brotliCompressSync(bytes) },
  lz4: { number: 7, pack: lz4Literals },
} as const;

function* snappyLiterals(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 60) {
    const part = bytes.subarray(at, at + 60);
    yield Buffer.of((part.length - 1) << 2);
    yield part;
  }
}

function lz4Literals(bytes: Buffer): Buffer {
  const { length } = bytes;
  if (length < 15) return Buffer.concat([Buffer.of(length << 4), bytes]);
  const more = Buffer.alloc(Math.floor((length - 15) / 255) + 1, 255);
  more[more.length - 1] = (length - 15) % 255;
  return Buffer.concat([Buffer.of(0xf0), more, bytes]);
}

const MAGIC = Buffer.from('PAR1');

export function parquetBytes(plan: FilePlan): Buffer {
  const parts: Buffer[] = [MAGIC];
  let at = MAGIC.length;
  const rows = plan.columns[0]!.rows.length;
  const groups: Value[] = [];
  for (let first = 0; first < Math.max(rows, 1); first += plan.groupRows) {
    const end = Math.min(first + plan.groupRows, rows);
    const chunks = plan.columns.map((column) => {
      const { bytes, metadata } = chunkOf(plan, { ...column, rows: column.rows.slice(first, end) }, at);
      parts.push(bytes);
      at += bytes.length;
      return struct({ 2: long(0), 3: metadata });
    });
    groups.push(struct({ 1: list(chunks), 2: long(at), 3: long(end - first) }));
  }
  const elements = plan.columns.flatMap((column) => schemaOf(column).elements);
  const root = struct({ 4: text('schema'), 5: int(plan.columns.length) });
  const { bytes: footer } = struct({
    1: int(2),
    2: list([root, ...elements]),
    3: long(rows),
    4: list(groups),
  });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([...parts, footer, length, MAGIC]);
}

function chunkOf(plan: FilePlan, column: ColumnPlan, at: number): { bytes: Buffer; metadata: Value } {
  const rows = column.rows.map((row) => entriesOf(column, row));
  const all = rows.flat();
  const dictionary = plan.encoding === 'dictionary' ? dictionaryOf(all) : undefined;
  const head = dictionary ? dictionaryPage(plan, column, [...dictionary.values()]) : Buffer.alloc(0);
  const pages = pagesOf(plan, rows).map((entries) => dataPage(plan, column, entries, dictionary));
  const bytes = Buffer.concat([head, ...pages]);
  const metadata = struct({
    1: int(typeNumber(column.type)),
    2: list([int(encodingNumber(plan, column)), int(3)]),
    3: list(schemaOf(column).path.map(text)),
    4: int(CODECS[plan.codec].number),
    5: long(all.length),
    6: long(bytes.length),
    7: long(bytes.length),
    9: long(at + head.length),
    11: dictionary && long(at),
  });
  return { bytes, metadata };
}

/** Distinct values by what tells them apart; the dictionary of a page. */
function dictionaryOf(entries: readonly Entry[]): Map<string, Stored> {
  const values = entries.flatMap(({ value }) => (value === undefined ? [] : [value]));
  return new Map(values.map((value) => [keyOf(value), value]));
}
const keyOf = (value: Stored): string =>
  Buffer.isBuffer(value) ? value.toString('hex') : Object.is(value, -0) ? '-0' : String(value);

function pagesOf({ version, pageValues }: FilePlan, rows: readonly Entry[][]): Entry[][] {
  const pages: Entry[][] = [[]];
  for (const part of version === 2 ? rows : rows.flat().map((entry) => [entry])) {
    if (pages.at(-1)!.length >= pageValues) pages.push([]);
    pages.at(-1)!.push(...part);
  }
  return pages.filter((page) => page.length > 0);
}

function dictionaryPage(plan: FilePlan, { type }: ColumnPlan, values: Stored[]): Buffer {
  const content = plain(type, values);
  const packed = CODECS[plan.codec].pack(content);
  const header = struct({
    1: int(2),
    2: int(content.length),
    3: int(packed.length),
    7: struct({ 1: int(values.length), 2: int(0) }),
  });
  return Buffer.concat([header.bytes, packed]);
}

function dataPage(
  plan: FilePlan,
  column: ColumnPlan,
  entries: Entry[],
  dictionary?: Map<string, Stored>,
): Buffer {
  const { repetition, definition } = highest(column);
  const levels = [
    repetition > 0
      ? hybrid(
          entries.map((entry) => entry.repetition),
          32 - Math.clz32(repetition),
        )
      : undefined,
    definition > 0
      ? hybrid(
          entries.map((entry) => entry.definition),
          32 - Math.clz32(definition),
        )
      : undefined,
  ];
  const values = encoded(plan, column, entries, dictionary);
  const encoding = int(encodingNumber(plan, column));
  const { pack } = CODECS[plan.codec];
  if (plan.version === 1) {
    const content = Buffer.concat([
      ...levels.flatMap((level) => (level ? [sizeOf(level), level] : [])),
      values,
    ]);
    const own = struct({ 1: int(entries.length), 2: encoding, 3: int(3), 4: int(3) });
    const packed = pack(content);
    return Buffer.concat([
      struct({ 1: int(0), 2: int(content.length), 3: int(packed.length), 5: own }).bytes,
      packed,
    ]);
  }
  const [repetitions, definitions] = levels.map((level) => level ?? Buffer.alloc(0));
  const stored = Buffer.concat([repetitions!, definitions!]);
  const packed = pack(values);
  const own = struct({
    1: int(entries.length),
    2: int(entries.filter(({ value }) => value === undefined).length),
    3: int(entries.filter((entry) => entry.repetition === 0).length),
    4: encoding,
    5: int(definitions!.length),
    6: int(repetitions!.length),
    7: truth(plan.codec !== 'none'),
  });
  const header = struct({
    1: int(3),
    2: int(stored.length + values.length),
    3: int(stored.length + packed.length),
    8: own,
  });
  return Buffer.concat([header.bytes, stored, packed]);
}

function sizeOf({ length }: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(length);
  return size;
}

function encoded(
  plan: FilePlan,
  column: ColumnPlan,
  entries: Entry[],
  dictionary?: Map<string, Stored>,
): Buffer {
  const { type } = column;
  const values = entries.flatMap(({ value }) => (value === undefined ? [] : [value]));
  switch (encodingNumber(plan, column)) {
    case 8: {
      const keys = [...dictionary!.keys()];
      const bits = 32 - Math.clz32(Math.max(keys.length - 1, 0));
      const indices = values.map((value) => keys.indexOf(keyOf(value)));
      return Buffer.concat([Buffer.of(bits), hybrid(indices, bits)]);
    }
    case 5:
      return delta(values as bigint[], type === 'INT32' ? 32 : 64);
    case 6:
      return deltaLength(values as Buffer[]);
    case 7:
      return deltaBytes(values as Buffer[]);
    case 9:
      return byteStreamSplit(type, values);
    default:
      return plain(type, values);
  }
}

/** The number of the encoding, or of the plain one where a type has no such encoding. */
function encodingNumber({ encoding }: FilePlan, { type }: ColumnPlan): number {
  const isInteger = type === 'INT32' || type === 'INT64';
  const isFloat = type === 'FLOAT' || type === 'DOUBLE';
  if (encoding === 'dictionary') return 8;
  if (encoding === 'delta') return isInteger ? 5 : type === 'BYTE_ARRAY' ? 6 : 0;
  if (encoding === 'delta of prefixes') return type === 'BYTE_ARRAY' ? 7 : isInteger ? 5 : 0;
  if (encoding === 'byte stream split') return isInteger || isFloat ? 9 : 0;
  return 0;
}
