/** The rules of what values columns take, written a second time. */
import type { ColumnType } from '../../src/formats/columns.js';

const id = (value: unknown): number | undefined => {
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  const number = Number(value);
  return number === Math.trunc(number) && number >= 0 && number <= 0x7fffffff ? number + 0 : undefined;
};

const float = (value: unknown): number | undefined => {
  if (typeof value !== 'number') return undefined;
  const single = Math.fround(value);
  return single - single === 0 ? single : undefined;
};

const text = (value: unknown): string | undefined => {
  const given = value instanceof Uint8Array ? fromUtf8(value) : value;
  if (typeof given !== 'string') return undefined;
  for (const char of given) {
    const point = char.codePointAt(0)!;
    if (point === 0 || (point >= 0xd800 && point <= 0xdfff)) return undefined;
  }
  return given;
};

/** Bytes that are UTF-8 are the same after they were decoded and encoded. */
function fromUtf8(bytes: Uint8Array): string | undefined {
  const decoded = Buffer.from(bytes).toString('utf8');
  return Buffer.from(decoded).equals(bytes) ? decoded : undefined;
}

const listOf =
  <T>(element: (value: unknown) => T | undefined) =>
  (value: unknown): T[] | undefined => {
    if (!Array.isArray(value)) return undefined;
    const values = value.map(element);
    return values.includes(undefined) ? undefined : (values as T[]);
  };

/** Cells are texts or integers, which are fuzzed as such. */
export type FuzzedType = Exclude<ColumnType, 'cell' | 'cell[]'>;

/** The value as a column of each type has it, or nothing if it is to be refused. */
export const ACCEPTABLE: { readonly [T in FuzzedType]: (value: unknown) => unknown } = {
  string: text,
  key: (value) =>
    typeof value === 'bigint' ||
    (typeof value === 'number' && value === Math.trunc(value) && Math.abs(value) < 2 ** 53)
      ? BigInt(value).toString()
      : text(value),
  int32: id,
  'int32[]': listOf(id),
  'int32 set': (value) => {
    const ids = listOf(id)(value);
    return ids && [...new Set(ids)];
  },
  'float32[]': listOf(float),
  'string[]': listOf(text),
};

export const holdsLists = (type: ColumnType): boolean => /\[\]$| set$/.test(type);

export const COLUMN_TYPES = Object.keys(ACCEPTABLE) as FuzzedType[];
