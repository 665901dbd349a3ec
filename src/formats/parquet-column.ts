/** A column in the schema of a Parquet file: the type of its values and their nesting. */
import type { SchemaElement, SchemaTree } from 'hyparquet';
import { InputError } from '../errors.js';
import { showNames } from '../show.js';
import type { ColumnType } from './columns.js';
import type { ColumnChunk } from './parquet-pages.js';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Exclusive upper bound of integers. */
  readonly below: number;
  readonly levels: Pick<ColumnChunk, 'levels' | 'emptyList'>;
  /** The schema of a file with this column only, a list in three levels: the decoder loses elements of other layouts. */
  readonly schema: readonly SchemaElement[];
}

/** The Parquet types accepted for each column type. */
const ACCEPTED: { readonly [T in ColumnType]: readonly string[] } = {
  string: ['BYTE_ARRAY'],
  key: ['BYTE_ARRAY', 'INT32', 'INT64'],
  cell: ['BYTE_ARRAY', 'INT32', 'INT64'],
  int32: ['INT32', 'INT64'],
  'int32[]': ['list of INT32', 'list of INT64'],
  'int32 set': ['list of INT32', 'list of INT64'],
  'float32[]': ['list of FLOAT', 'list of DOUBLE'],
  'string[]': ['list of BYTE_ARRAY'],
  'cell[]': ['BYTE_ARRAY', 'INT32', 'INT64', 'list of BYTE_ARRAY', 'list of INT32', 'list of INT64'],
};

/** Annotations of values that are plain numbers or texts. */
const PLAIN = /^(U?INT_\d+|INTEGER|UTF8|STRING|ENUM|JSON)$/;

/** @throws InputError if the file has no such column, or one of another type. */
export function findColumn(
  path: string,
  children: SchemaTree[],
  { name, type, below }: Pick<Column, 'name' | 'type' | 'below'>,
): Column {
  const column = children.find(({ element }) => element.name === name);
  if (!column) {
    throw new InputError(
      `${path}: no column ${name}, only ${showNames(children.map(({ element }) => element.name))}`,
    );
  }
  const parts = partsOf(column);
  const found = parts ? typeOf(parts) : 'a structure';
  if (!parts || !ACCEPTED[type].includes(found))
    throw new InputError(`${path}: column ${name}: expected ${type}, got ${found}`);
  return {
    name,
    type,
    below: Math.min(below, boundOf(parts.at(-1)!)),
    levels: levelsOf(parts),
    schema: [{ name: 'root', num_children: 1 }, ...parts],
  };
}

/** Names of the columns, or of those that can be read as some type. */
export const columnsOfType = (children: readonly SchemaTree[], type?: ColumnType): string[] =>
  children
    .filter((column) => {
      const parts = partsOf(column);
      return type === undefined || (parts !== undefined && ACCEPTED[type].includes(typeOf(parts)));
    })
    .map(({ element }) => element.name);

/** A value, or a list: a group around a repeated group around its elements. */
type Parts = readonly [SchemaElement] | readonly [SchemaElement, SchemaElement, SchemaElement];

/**
 * A list is a repeated value, or an annotated group with two or three levels of any name. All are brought to three levels,
 * which have the same repetition and definition levels: a part that is required adds to neither.
 */
function partsOf({ element, children }: SchemaTree): Parts | undefined {
  if (element.type !== undefined)
    return element.repetition_type === 'REPEATED'
      ? listOf(element.name, 'REQUIRED', required(element))
      : [element];
  const annotations = [element.converted_type, element.logical_type?.type].filter((one) => one !== undefined);
  const isList = annotations.length > 0 && annotations.every((one) => one === 'LIST');
  const repeated = isList && element.repetition_type !== 'REPEATED' ? only(children) : undefined;
  if (repeated?.element.repetition_type !== 'REPEATED') return undefined;
  const value =
    repeated.element.type === undefined ? only(repeated.children)?.element : required(repeated.element);
  if (value?.type === undefined || value.repetition_type === 'REPEATED') return undefined;
  return listOf(element.name, element.repetition_type, value);
}

const required = (value: SchemaElement): SchemaElement => ({ ...value, repetition_type: 'REQUIRED' });

const listOf = (
  name: string,
  repetition_type: SchemaElement['repetition_type'],
  value: SchemaElement,
): Parts => [
  { name, num_children: 1, converted_type: 'LIST', ...(repetition_type && { repetition_type }) },
  { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
  { ...value, name: 'element' },
];

/** The type of the values, and what it stands for where that is neither a number nor a text, such as a time. */
function typeOf(parts: Parts): string {
  const { type, converted_type, logical_type } = parts.at(-1)!;
  const meaning = [converted_type, logical_type?.type].find((one) => one !== undefined && !PLAIN.test(one));
  const value = meaning === undefined ? String(type) : `${type} (${meaning})`;
  return parts.length > 1 ? `list of ${value}` : value;
}

/** Integers of 8 or 16 bits are stored in 32, and readers differ on what more bits mean. */
function boundOf({ converted_type, logical_type }: SchemaElement): number {
  const [, unsigned, bits] = /^(U?)INT_(\d+)$/.exec(converted_type ?? '') ?? [];
  const older = bits === undefined ? Infinity : 2 ** (Number(bits) - (unsigned === 'U' ? 0 : 1));
  if (logical_type?.type !== 'INTEGER') return older;
  return Math.min(older, 2 ** (logical_type.bitWidth - Number(logical_type.isSigned)));
}

/** On the path to a value, repetition levels count the repeated parts, definition levels the parts that are not required. */
function levelsOf(parts: Parts): Column['levels'] {
  const optional = (some: readonly SchemaElement[]) =>
    some.filter(({ repetition_type }) => repetition_type !== 'REQUIRED').length;
  if (parts.length === 1) return { levels: [0, optional(parts)] };
  return { levels: [1, optional(parts)], emptyList: optional(parts.slice(0, 1)) };
}

const only = (children: SchemaTree[]): SchemaTree | undefined =>
  children.length === 1 ? children[0] : undefined;
