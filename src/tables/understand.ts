/** What is understood of a table from its first rows, and what looks wrong in them: said before an hour is spent on the rest. */
import { BadRows } from '../formats/bad-rows.js';
import type { Delimiting } from '../formats/csv.js';
import { InputError } from '../errors.js';
import { pipeline } from '../stream/pipeline.js';
import type { Watch } from '../stream/progress.js';
import { chooseColumns, namesAsked, type AskedColumns, type Roles } from './choose-columns.js';
import { guessSeparator, shownSeparator, splitLabels, type Separator } from './label-separator.js';
import { readRows, type Rows } from './read-rows.js';
import { openTable, type Table } from './table.js';

/** How to read a table; what is not given is found out. */
export interface Asked {
  columns: AskedColumns;
  separator: Separator | undefined;
  delimiting: Partial<Delimiting>;
}

/** A table of texts with the names of their labels. */
export interface Understood {
  table: Table;
  roles: Roles & { labels: string };
  separator: Separator;
  /** Names of labels in the first rows. */
  sample: ReadonlySet<string>;
}

/** Rows that are looked at; those of the first batch, if it is smaller. */
const SAMPLE = 1000;

/** Reads the beginning of a table and notes what is understood. @throws InputError if it has no rows, or a column is not found. */
export async function understand(
  paths: readonly string[],
  asked: Asked,
  { note }: Watch,
): Promise<Understood> {
  const { columns, delimiting } = asked;
  const table = await openTable({ paths, asked: namesAsked(columns), delimiting });
  const roles = chooseColumns(table, columns);
  const { text, labels } = (await firstRows(table, roles)).columns;
  const separator = asked.separator ?? guessSeparator(labels);
  note?.(
    `${paths[0]!}: ${table.written}; text: ${roles.text.join(' + ')}; labels: ${roles.labels}, ${shownSeparator(separator)}` +
      (roles.id === undefined ? '' : `; id: ${roles.id}`),
  );
  const names = labels.values.flatMap((cell) => splitLabels(cell, separator));
  for (const doubt of doubtsOf({ roles, text, names })) note?.(`${paths[0]!}: ${doubt}`);
  return { table, roles, separator, sample: new Set(names) };
}

async function firstRows(table: Table, roles: Roles): Promise<Rows> {
  const bad = new BadRows('skip'); // told where all rows are read
  const read = readRows({ table, roles, bad, batch: SAMPLE });
  for await (const rows of pipeline(table.paths, read).run()) return rows;
  throw new InputError(`${table.paths[0]!}: contains no rows`);
}

/** Rows from which on it is strange that no label occurs twice. */
const MANY = 50;

interface Sample {
  roles: Understood['roles'];
  text: readonly string[];
  names: readonly string[];
}

function* doubtsOf({ roles, text, names }: Sample): Generator<string> {
  const written = text.filter((one) => one.trim() !== '');
  const within = `in the first ${text.length} rows`;
  if (written.length > 0 && written.every((one) => Number.isFinite(Number(one))))
    yield `looks wrong: the text, ${roles.text.join(' + ')}, is a number ${within}`;
  if (names.length === 0) yield `looks wrong: no text has labels, ${roles.labels}, ${within}`;
  if (names.length >= MANY && new Set(names).size === names.length)
    yield `looks wrong: no label, ${roles.labels}, occurs twice ${within}`;
}
