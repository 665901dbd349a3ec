/** Chooses the columns of a table by the names that were asked for, and those not asked for by their usual names. */
import { InputError } from '../errors.js';
import { showNames } from '../show.js';
import type { Table } from './table.js';
import { USUAL_NAMES } from './usual-names.js';

/** Names of columns as a user gives them. */
export interface AskedColumns {
  /** One, or several with commas between them, which are joined. */
  text?: string | undefined;
  labels?: string | undefined;
  id?: string | undefined;
  group?: string | undefined;
}

/** What columns of a table are for. */
export interface Roles {
  text: readonly string[];
  labels?: string | undefined;
  id?: string | undefined;
  /** Rows alike in it stay together when a part is held out. */
  group?: string | undefined;
}

/** All names that were asked for. */
export const namesAsked = ({ text, ...others }: AskedColumns): string[] =>
  [...(text?.split(',') ?? []), text, ...Object.values(others)].filter((name) => name !== undefined);

/** Chooses columns of texts and their ids. @throws InputError if a name is not there, or no column of texts is found. */
export function chooseTexts(table: Table, asked: AskedColumns): Roles {
  const id = asked.id === undefined ? usual(table, USUAL_NAMES.id) : present(table, asked.id);
  const text = textsOf(table, asked.text) ?? missing(table, 'texts', 'text');
  return { text, id };
}

/**
 * Chooses columns of texts and labels. If only one of the two is found and one other column is left, that is the other; of a table of two
 * columns without usual names the first one has the texts.
 * @throws InputError if a name is not there, twice in use, or no column is found.
 */
export function chooseColumns(table: Table, asked: AskedColumns): Roles & { labels: string } {
  const id = asked.id === undefined ? usual(table, USUAL_NAMES.id) : present(table, asked.id);
  const group = asked.group === undefined ? undefined : present(table, asked.group);
  let labels = asked.labels === undefined ? undefined : present(table, asked.labels);
  let text = textsOf(table, asked.text, labels);
  labels ??= usual(table, USUAL_NAMES.labels, text);
  const taken = [id, group, labels, ...(text ?? [])];
  const rest = table.columns.filter((name) => !taken.includes(name));
  if (rest.length === 1 && text === undefined && labels !== undefined) text = rest;
  else if (rest.length === 1 && text !== undefined) labels ??= rest[0];
  else if (rest.length === 2 && text === undefined && labels === undefined)
    [text, labels] = [[rest[0]!], rest[1]];
  text ??= missing(table, 'texts', 'text');
  labels ??= missing(table, 'labels', 'labels');
  if ([...text, id, group].includes(labels))
    throw new InputError(`${table.paths[0]!}: column ${labels} cannot have the labels and something else`);
  return { text, labels, id, group };
}

/**
 * Columns of a table of labels: what texts may know a label by, and its text. The id that is asked for may be that of the texts only.
 * @throws InputError if no column of label texts is found.
 */
export function chooseLabelColumns(
  table: Table,
  asked: Pick<AskedColumns, 'id'>,
): { id: string | undefined; text: string } {
  const { columns } = table;
  const [first, second] = columns;
  if (first === '1')
    return second === undefined ? { id: undefined, text: first } : { id: first, text: second };
  const id = columns.find((name) => name === asked.id) ?? usual(table, USUAL_NAMES.labelId);
  const rest = columns.filter((name) => name !== id);
  const text = usual(table, USUAL_NAMES.labelText, id === undefined ? [] : [id]);
  return { id, text: text ?? (rest.length === 1 ? rest[0] : id) ?? missing(table, 'label texts') };
}

function textsOf(table: Table, asked: string | undefined, labels?: string): string[] | undefined {
  if (asked === undefined) {
    const found = usual(table, USUAL_NAMES.text, labels === undefined ? [] : [labels]);
    return found === undefined ? undefined : [found];
  }
  const names = table.columns.includes(asked) ? [asked] : asked.split(',');
  return names.map((name) => present(table, name));
}

/** A language at the end of a name, as in `label_en`. */
const LANGUAGE = /_[a-z]{2}$/;

/** The most usual of the names that is there, in capitals or not, with a language or without, and not excluded. */
const usual = (
  { columns }: Table,
  names: readonly string[],
  except: readonly string[] = [],
): string | undefined =>
  names
    .map((name) =>
      columns.find(
        (column) => column.toLowerCase().replace(LANGUAGE, '') === name && !except.includes(column),
      ),
    )
    .find((column) => column !== undefined);

function present({ paths, columns }: Table, name: string): string {
  if (columns.includes(name)) return name;
  throw new InputError(`${paths[0]!}: no column ${name}, only ${showNames(columns)}`);
}

function missing({ paths, columns }: Table, what: string, option?: string): never {
  const remedy = option === undefined ? '' : `; name it with --${option}`;
  throw new InputError(
    `${paths[0]!}: no usual name of a column of ${what} among ${showNames(columns)}${remedy}`,
  );
}
