/** A table of labels: their texts, and the ids or texts by which a table of texts names them. */
import { BadRows } from '../formats/bad-rows.js';
import { InputError } from '../errors.js';
import { show } from '../show.js';
import { pipeline } from '../stream/pipeline.js';
import type { Watch } from '../stream/progress.js';
import { chooseLabelColumns } from './choose-columns.js';
import { readRows, type Rows } from './read-rows.js';
import { openTable, type Table } from './table.js';
import type { Asked } from './understand.js';

export interface LabelTable {
  table: Table;
  columns: { id: string | undefined; text: string };
  /** By which of the two texts name labels. */
  key: 'id' | 'text';
}

/** Found labels after which it is clear what they are named by. */
const ENOUGH = 100;

/**
 * Opens a table of labels. Texts name them by ids if there are such and more names of `sample` are ids than texts.
 * @throws InputError if none of the names is there.
 */
export async function understandLabels(
  paths: readonly string[],
  { columns: asked, delimiting, sample }: Asked & { sample: ReadonlySet<string> },
  { note, signal }: Watch,
): Promise<LabelTable> {
  const table = await openTable({ paths, delimiting });
  const columns = chooseLabelColumns(table, asked);
  const found = { id: 0, text: 0 };
  const roles = { text: [columns.text], id: columns.id };
  const read = readRows({ table, roles, bad: new BadRows('skip') }); // told where all is read
  for await (const rows of pipeline(table.paths, read).run({ signal })) {
    for (const key of ['id', 'text'] as const)
      found[key] += keysOf(rows, key).filter((name) => sample.has(name)).length;
    if (Math.max(found.id, found.text) >= ENOUGH) break;
  }
  const [name] = sample;
  if (name !== undefined && found.id + found.text === 0)
    throw new InputError(`${paths[0]!}: none of the labels of the texts is here, such as ${show(name)}`);
  const key = found.id > 0 && found.id >= found.text ? 'id' : 'text';
  const id = columns.id === undefined ? '' : `; id: ${columns.id}`;
  note?.(`${paths[0]!}: ${table.written}; label text: ${columns.text}${id}; texts name labels by ${key}`);
  return { table, columns, key };
}

/** What texts may name the labels by. */
export const keysOf = ({ columns }: Rows, key: LabelTable['key']): string[] =>
  columns[key].map((name) => name.trim());
