/** The rows of a table as texts with names of labels, whatever its columns are called. */
import type { CsvSchema } from '../../operators/read-csv.js';
import type { BadRows } from '../formats/bad-rows.js';
import type { ColumnBatch, FileBatch, Schema } from '../formats/columns.js';
import { toRagged, type Ragged } from '../formats/lists.js';
import { chain } from '../stream/chain.js';
import { operator, type Operator } from '../stream/operator.js';
import type { Roles } from './choose-columns.js';
import { splitLabels, type Separator } from './label-separator.js';
import type { Table } from './table.js';
import { plainName } from './usual-names.js';

/** A text and what belongs to it; `id` and `group` are empty where there are none. */
export const ROW_COLUMNS = {
  text: 'string',
  labels: 'string[]',
  id: 'string',
  group: 'string',
} as const satisfies Schema;
export type Rows = FileBatch<typeof ROW_COLUMNS>;

export interface ReadRowsOptions {
  table: Table;
  roles: Roles;
  /** Default: cells of labels are left as they are. */
  separator?: Separator;
  bad?: BadRows;
  /** Maximum rows in a batch; default 4096. */
  batch?: number;
}

/** Reads the files of a table. A text of several columns has a space between those that are not blank. */
export function readRows({ table, roles, separator, bad, batch }: ReadRowsOptions): Operator<string, Rows> {
  const { text, labels, id, group } = roles;
  const names = [...text, id, group].filter((name) => name !== undefined);
  const columns: CsvSchema = {
    ...Object.fromEntries(names.map((name) => [name, 'cell'] as const)),
    ...(labels !== undefined && { [labels]: 'cell[]' }),
  };
  const read = table.read({ columns, bad, ...(batch !== undefined && { batch }) });
  const give = operator<FileBatch<CsvSchema>, Rows>('read-rows', async function* (batches, { progress }) {
    for await (const given of batches) {
      const cells = (name: string | undefined): string[] =>
        name === undefined ? Array<string>(given.rows).fill('') : (given.columns[name] as string[]);
      yield {
        ...given,
        columns: {
          text: joined(text.map(cells)),
          labels:
            labels === undefined ? toRagged(cells(undefined).map(() => [])) : split(given, labels, separator),
          id: cells(id).map(plainName),
          group: cells(group),
        },
      };
      progress(given.rows);
    }
  });
  return chain(read, give);
}

/** The texts of each row, joined. */
function joined([first, ...others]: readonly string[][]): string[] {
  if (others.length === 0) return first!;
  return first!.map((text, row) =>
    [text, ...others.map((column) => column[row]!)].filter((part) => part.trim() !== '').join(' '),
  );
}

function split(
  { columns, rows }: ColumnBatch<CsvSchema>,
  name: string,
  separator: Separator | undefined,
): Ragged<string[]> {
  const { offsets, values } = columns[name] as Ragged<string[]>;
  return toRagged(
    Array.from({ length: rows }, (_x, row) =>
      values
        .slice(offsets[row], offsets[row + 1])
        .flatMap((cell) => (separator === undefined ? [cell] : splitLabels(cell, separator))),
    ),
  );
}
