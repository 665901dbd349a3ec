/** Texts to find labels for, from a file of any kind. */
import { readLines } from '../../operators/read-lines.js';
import { inputKind } from '../command/kinds.js';
import { InputError } from '../errors.js';
import type { FileBatch } from '../formats/columns.js';
import type { Operator } from '../stream/operator.js';
import type { Watch } from '../stream/progress.js';
import { chooseTexts, namesAsked, type AskedColumns } from './choose-columns.js';
import { readRows } from './read-rows.js';
import { openTable } from './table.js';

/** Texts, and whatever their maker knows them by, if it does. */
export type Texts = FileBatch<{ text: 'string' }>;

export interface OpenTextsOptions {
  path: string;
  /** Names of columns, if it is a table; default: usual ones. */
  asked: Pick<AskedColumns, 'text' | 'id'>;
  /** Maximum texts in a batch. */
  batch: number;
}

/** How to read the texts of a file, and whether they have a column `id`. @throws InputError if a column is not there. */
export async function openTexts(
  { path, asked, batch }: OpenTextsOptions,
  { note }: Watch,
): Promise<{ read: Operator<string, Texts>; hasIds: boolean }> {
  if (inputKind(path) === 'lines') {
    const [name] = namesAsked(asked);
    if (name !== undefined) throw new InputError(`${path}: no column ${name}, only lines`);
    return { read: readLines({ batch }), hasIds: false };
  }
  const table = await openTable({ paths: [path], asked: namesAsked(asked) });
  const roles = chooseTexts(table, asked);
  const id = roles.id === undefined ? '' : `; id: ${roles.id}`;
  note?.(`${path}: ${table.written}; text: ${roles.text.join(' + ')}${id}`);
  const read = readRows({ table, roles, batch }) as unknown as Operator<string, Texts>; // rows are texts and more
  return { read, hasIds: roles.id !== undefined };
}
