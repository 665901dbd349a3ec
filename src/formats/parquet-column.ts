/** A column in the schema of a Parquet file: the type of its values and their nesting. */
import type { SchemaTree } from 'hyparquet';
import { InputError } from '../errors.js';
import type { ColumnType } from './columns.js';
import type { ColumnChunk } from './parquet-pages.js';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** A list without the LIST annotation, as written by the oldest writers: an empty list is decoded as null. */
  readonly bare: boolean;
  readonly below: number;
  readonly levels: ColumnChunk['levels'];
}

/** The Parquet types accepted for each column type. */
const ACCEPTED: { readonly [T in ColumnType]: readonly string[] } = {
  string: ['BYTE_ARRAY'],
  int32: ['INT32', 'INT64'],
  'int32[]': ['list of INT32', 'list of INT64'],
  'int32 set': ['list of INT32', 'list of INT64'],
  'float32[]': ['list of FLOAT', 'list of DOUBLE'],
  'string[]': ['list of BYTE_ARRAY'],
};

/** @throws InputError if the file has no such column, or one of another type. */
export function findColumn(
  path: string,
  children: SchemaTree[],
  name: string,
  type: ColumnType,
): Omit<Column, 'below'> {
  const column = children.find(({ element }) => element.name === name);
  if (!column) {
    const names = children.map(({ element }) => element.name.replace(/\s+/g, ' ')).join(', ');
    throw new InputError(`${path}: no column ${name}, only ${names}`);
  }
  const { element } = column;
  if (element.logical_type?.type === 'LIST') element.converted_type = 'LIST'; // the decoder looks at the older name only
  const found = typeOf(column);
  if (!ACCEPTED[type].includes(found))
    throw new InputError(`${path}: column ${name}: expected ${type}, got ${found}`);
  return { name, type, bare: element.converted_type !== 'LIST', levels: levelsOf(column) };
}

/** On the path to a value, repetition levels count the repeated parts, definition levels the parts that are not required. */
function levelsOf(column: SchemaTree): ColumnChunk['levels'] {
  const types: unknown[] = [];
  for (let part: SchemaTree | undefined = column; part; part = only(part.children))
    types.push(part.element.repetition_type);
  return [
    types.filter((type) => type === 'REPEATED').length,
    types.filter((type) => type !== 'REQUIRED').length,
  ];
}

/** A list is a repeated value, or an annotated group with two or three levels of any name. */
function typeOf({ element, children }: SchemaTree): string {
  if (element.type !== undefined)
    return element.repetition_type === 'REPEATED' ? `list of ${element.type}` : element.type;
  const inner = element.converted_type === 'LIST' ? only(children) : undefined;
  const value = inner && (inner.element.type === undefined ? only(inner.children) : inner);
  return value?.element.type === undefined ? 'a structure' : `list of ${value.element.type}`;
}

const only = (children: SchemaTree[]): SchemaTree | undefined =>
  children.length === 1 ? children[0] : undefined;
