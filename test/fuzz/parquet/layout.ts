/** A column's place in the schema of a file, and the levels that its rows have there. */
import type { FuzzedType } from '../acceptable.js';
import type { Physical, Stored } from './encodings.js';
import { byte, int, struct, text, truth, type Value } from './thrift.js';

/** How values are nested: not at all, or as lists in the layouts of one, two and three levels. */
export type Nesting = 'required' | 'optional' | 'repeated' | 'two levels' | 'three levels';

/** What the values mean: numbers of the older and the newer annotation. */
export interface Meaning {
  name: string;
  converted?: number;
  logical?: Value;
  /** Bytes of a value of fixed length. */
  length?: number;
}

export interface ColumnPlan {
  name: FuzzedType;
  type: Physical;
  meaning: Meaning;
  nesting: Nesting;
  /** Whether a list may be null; of three levels, whether an element may. */
  nullable: boolean;
  /** A value or null; of lists, their elements. */
  rows: readonly (Stored | null | readonly (Stored | null)[])[];
}

const TYPES: readonly Physical[] = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
];
export const typeNumber = (type: Physical): number => TYPES.indexOf(type);

const REQUIRED = 0;
const OPTIONAL = 1;
const REPEATED = 2;

const LIST = { 6: int(3), 10: struct({ 3: struct({}) }) };
const named = (name: string, repetition: number): Record<number, Value> => ({
  3: int(repetition),
  4: text(name),
});
const group = (name: string, repetition: number, annotation: Record<number, Value> = {}): Value =>
  struct({ ...named(name, repetition), 5: int(1), ...annotation });

/** The elements of the schema, and the names on the path to the values. */
export function schemaOf(column: ColumnPlan): { elements: Value[]; path: string[] } {
  const { name, nesting, nullable } = column;
  const outer = nullable ? OPTIONAL : REQUIRED;
  switch (nesting) {
    case 'required':
      return { elements: [leaf(column, name, REQUIRED)], path: [name] };
    case 'optional':
      return { elements: [leaf(column, name, OPTIONAL)], path: [name] };
    case 'repeated':
      return { elements: [leaf(column, name, REPEATED)], path: [name] };
    case 'two levels':
      return {
        elements: [group(name, outer, LIST), leaf(column, 'array', REPEATED)],
        path: [name, 'array'],
      };
    case 'three levels':
      return {
        elements: [group(name, outer, LIST), group('list', REPEATED), leaf(column, 'element', outer)],
        path: [name, 'list', 'element'],
      };
  }
}

const leaf = ({ type, meaning }: ColumnPlan, name: string, repetition: number): Value =>
  struct({
    1: int(typeNumber(type)),
    2: meaning.length === undefined ? undefined : int(meaning.length),
    ...named(name, repetition),
    6: meaning.converted === undefined ? undefined : int(meaning.converted),
    7: meaning.name.startsWith('DECIMAL') ? int(2) : undefined,
    8: meaning.name.startsWith('DECIMAL') ? int(9) : undefined,
    10: meaning.logical,
  });

/** A value of a page with its levels; at the start of a row the repetition is 0. */
export interface Entry {
  repetition: number;
  definition: number;
  value?: Stored;
}

/** The highest repetition and definition level. */
export const highest = ({ nesting, nullable }: ColumnPlan): { repetition: number; definition: number } => {
  const outer = Number(nullable);
  switch (nesting) {
    case 'required':
      return { repetition: 0, definition: 0 };
    case 'optional':
      return { repetition: 0, definition: 1 };
    case 'repeated':
      return { repetition: 1, definition: 1 };
    case 'two levels':
      return { repetition: 1, definition: 1 + outer };
    case 'three levels':
      return { repetition: 1, definition: 1 + 2 * outer };
  }
};

export function entriesOf(column: ColumnPlan, row: ColumnPlan['rows'][number]): Entry[] {
  const { definition } = highest(column);
  if (row === null) return [{ repetition: 0, definition: 0 }];
  if (!isList(row)) return [{ repetition: 0, definition, value: row }];
  if (row.length === 0)
    return [{ repetition: 0, definition: column.nesting === 'repeated' ? 0 : Number(column.nullable) }];
  return row.map((value, at) => ({
    repetition: Math.min(at, 1),
    ...(value === null ? { definition: definition - 1 } : { definition, value }),
  }));
}

const isList = (row: NonNullable<ColumnPlan['rows'][number]>): row is readonly (Stored | null)[] =>
  Array.isArray(row);

const integer = (bits: number, signed: boolean): Value =>
  struct({ 10: struct({ 1: byte(bits), 2: truth(signed) }) });
const time = (field: 7 | 8, unit: number): Value =>
  struct({ [field]: struct({ 1: truth(true), 2: struct({ [unit]: struct({}) }) }) });
const mark = (field: number): Value => struct({ [field]: struct({}) });
const decimal = struct({ 5: struct({ 1: int(2), 2: int(9) }) });

/** What the values of each physical type may mean; the first of a type is a plain number, or bytes. */
export const MEANINGS: Readonly<Record<Physical, readonly Meaning[]>> = {
  BOOLEAN: [{ name: 'none' }],
  INT32: [
    { name: 'none' },
    { name: 'INT_8', converted: 15, logical: integer(8, true) },
    { name: 'INT_16', converted: 16 },
    { name: 'INT_32', logical: integer(32, true) },
    { name: 'UINT_8', converted: 11, logical: integer(8, false) },
    { name: 'UINT_16', logical: integer(16, false) },
    { name: 'UINT_32', converted: 13, logical: integer(32, false) },
    { name: 'DATE', converted: 6, logical: mark(6) },
    { name: 'TIME_MILLIS', converted: 7, logical: time(7, 1) },
    { name: 'DECIMAL', converted: 5, logical: decimal },
    { name: 'DECIMAL by its older name', converted: 5 },
  ],
  INT64: [
    { name: 'none' },
    { name: 'INT_64', converted: 18, logical: integer(64, true) },
    { name: 'UINT_64', converted: 14, logical: integer(64, false) },
    { name: 'UINT_64 by its newer name', logical: integer(64, false) },
    { name: 'TIME_MICROS', converted: 8, logical: time(7, 2) },
    { name: 'TIME of nanoseconds', logical: time(7, 3) },
    { name: 'TIMESTAMP_MILLIS', converted: 9 },
    { name: 'TIMESTAMP_MICROS', converted: 10, logical: time(8, 2) },
    { name: 'TIMESTAMP of nanoseconds', logical: time(8, 3) },
    { name: 'DECIMAL', converted: 5, logical: decimal },
  ],
  INT96: [{ name: 'none' }],
  FLOAT: [{ name: 'none' }],
  DOUBLE: [{ name: 'none' }],
  BYTE_ARRAY: [
    { name: 'none' },
    { name: 'UTF8', converted: 0 },
    { name: 'STRING', logical: mark(1) },
    { name: 'UTF8 and STRING', converted: 0, logical: mark(1) },
    { name: 'ENUM', converted: 4, logical: mark(4) },
    { name: 'JSON', converted: 19, logical: mark(12) },
    { name: 'BSON', converted: 20, logical: mark(13) },
    { name: 'DECIMAL', converted: 5, logical: decimal },
  ],
  FIXED_LEN_BYTE_ARRAY: [
    { name: 'none', length: 3 },
    { name: 'UUID', logical: mark(14), length: 16 },
    { name: 'FLOAT16', logical: mark(15), length: 2 },
    { name: 'DECIMAL', converted: 5, logical: decimal, length: 4 },
  ],
};
