import {
  MOST_IDS,
  type ColumnOf,
  type ColumnType,
  type FileBatch,
  type Schema,
} from '../src/formats/columns.js';
import type { Line } from '../src/formats/lines.js';
import type { Below } from '../src/formats/parquet-file.js';
import type { BadRows } from '../src/formats/bad-rows.js';
import { toLists, withoutRepeats, type Lists, type Ragged } from '../src/formats/lists.js';
import { asId, asFloat, asKey, asText, show, showGiven } from '../src/show.js';
import { checkInteger, InputError } from '../src/errors.js';
import type { Operator } from '../src/stream/operator.js';
import { byLines } from './read-lines.js';

export interface ReadJsonlOptions<S extends Schema> {
  /** Fields to read and their types, such as `{ labels: 'int32[]', scores: 'float32[]' }`; other fields are ignored. */
  columns: S;
  /** Maximum rows in a batch; default 4096. */
  batch?: number;
  /** Exclusive upper bounds of integer fields; default 2^31. */
  below?: Below<S>;
  /** Counts repeats in sets. A bad line always ends the run. */
  bad?: BadRows | undefined;
}

/**
 * Reads JSON-lines files (`.gz` is decompressed, `-` is standard input) as column batches, one row per line. Order kept; one
 * file open and one chunk of it in memory; a bad line surfaces when its chunk is read, as `InputError` naming file, line
 * and value; owns the open file.
 */
export function readJsonl<const S extends Schema>({
  columns,
  batch = 4096,
  below = {},
  bad,
}: ReadJsonlOptions<S>): Operator<string, FileBatch<S>> {
  checkInteger('batch', batch);
  return byLines<S>('read-jsonl', batch, (lines) => ({
    rows: lines.length,
    columns: columnsOf(lines, columns, { below, bad }),
  }));
}

function columnsOf<S extends Schema>(
  lines: Line[],
  schema: S,
  { below, bad }: { below: Below<S>; bad: BadRows | undefined },
): FileBatch<S>['columns'] {
  const records = lines.map(({ place, text }) => ({ place, fields: parse(place, text) }));
  const columns = Object.entries<ColumnType>(schema).map(([name, type]) => {
    const cells = records.map(({ place, fields }) => ({ place: `${place}: ${name}`, value: fields[name] }));
    const column = convert[type](cells, below[name] ?? MOST_IDS);
    if (type !== 'int32 set') return [name, column] as const;
    const { lists, repeats } = withoutRepeats(column as Lists);
    if (bad) bad.repeats += repeats;
    return [name, lists] as const;
  });
  // the names of the schema, each with a column of its type
  return Object.fromEntries(columns) as FileBatch<S>['columns'];
}

function parse(place: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // reported below, like any other value
  }
  throw new InputError(`${place}: expected a JSON object, got ${show(text)}`);
}

interface Cell {
  /** File, line and field, as errors name them. */
  place: string;
  value: unknown;
}
type Convert<T extends ColumnType> = (cells: Cell[], below: number) => ColumnOf[T];

const convert: { [T in ColumnType]: Convert<T> } = {
  string: (cells) => cells.map(({ place, value }) => asText(value) ?? fail(place, 'a text', value)),
  key: (cells) => cells.map(({ place, value }) => asKey(value) ?? fail(place, 'a text or an integer', value)),
  int32: (cells, below) =>
    Int32Array.from(cells, ({ place, value }) => asId(value, below) ?? fail(place, `0..${below - 1}`, value)),
  'int32[]': (cells, below) => idLists(cells, below),
  'int32 set': (cells, below) => idLists(cells, below),
  'float32[]': (cells) => {
    const { offsets, values } = joined(lists(cells, asFloat, 'a finite number'));
    return { offsets, values: Float32Array.from(values) };
  },
  'string[]': (cells) => joined(lists(cells, asText, 'a text')),
};

const idLists = (cells: Cell[], below: number): Lists =>
  toLists(lists(cells, (x) => asId(x, below), `0..${below - 1}`));

function lists<T>(cells: Cell[], check: (value: unknown) => T | undefined, expected: string): T[][] {
  return cells.map(({ place, value }) =>
    Array.isArray(value)
      ? value.map((item: unknown) => check(item) ?? fail(place, expected, item))
      : fail(place, 'a list', value),
  );
}

function joined<T>(rows: T[][]): Ragged<T[]> {
  const offsets = new Int32Array(rows.length + 1);
  rows.forEach((row, i) => (offsets[i + 1] = offsets[i]! + row.length));
  return { offsets, values: rows.flat<T[][]>() };
}

function fail(place: string, expected: string, value: unknown): never {
  throw new InputError(`${place}: expected ${expected}, got ${showGiven(value)}`);
}
