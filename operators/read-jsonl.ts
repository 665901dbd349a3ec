import {
  MOST_IDS,
  type ColumnOf,
  type ColumnType,
  type FileBatch,
  type Schema,
} from '../src/formats/columns.js';
import type { Line } from '../src/formats/lines.js';
import type { Below } from '../src/formats/parquet-file.js';
import { BadRows } from '../src/formats/bad-rows.js';
import { toLists, toRagged, withoutRepeats, type Lists } from '../src/formats/lists.js';
import { asCell, asId, asFloat, asKey, asList, asText, show, showGiven } from '../src/show.js';
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
  /**
   * Counts repeats in sets, and says how to handle bad lines; by default the first one ends the run. If they are skipped, their texts
   * and lists are empty. Where an `int32` is read, a bad line always ends the run: it cannot be empty.
   */
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
  bad = new BadRows('stop'),
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
  { below, bad }: { below: Below<S>; bad: BadRows },
): FileBatch<S>['columns'] {
  const fields = Object.entries<ColumnType>(schema).map(([name, type]) => ({ name, ...kinds[type] }));
  const stop = fields.some(({ empty }) => empty === undefined) ? new BadRows('stop') : bad;
  const rows = lines.map(({ place, text }) =>
    stop.read(() => {
      const values = parse(place, text);
      return fields.map(({ name, check }) =>
        check({ place: `${place}: ${name}`, value: values[name] }, below[name] ?? MOST_IDS),
      );
    }, undefined),
  );
  const columns = fields.map(({ name, empty, pack }, at) => {
    // `check`, `empty` and `pack` are of the same type
    const column = pack(rows.map((row) => row?.[at] ?? empty) as never);
    if (schema[name] !== 'int32 set') return [name, column] as const;
    const { lists, repeats } = withoutRepeats(column as Lists);
    bad.repeats += repeats;
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

interface Kind<T extends ColumnType, Value> {
  check: (cell: Cell, below: number) => Value;
  /** Stands in for the value of a bad line, if anything can. */
  empty: Value | undefined;
  pack: (values: Value[]) => ColumnOf[T];
}

const texts = (check: (value: unknown) => string | undefined, expected: string) => ({
  check: ({ place, value }: Cell) => check(value) ?? fail(place, expected, value),
  empty: '',
  pack: (values: string[]) => values,
});

const listOf =
  <T>(check: (value: unknown, below: number) => T | undefined, expected: (below: number) => string) =>
  ({ place, value }: Cell, below: number): T[] =>
    Array.isArray(value)
      ? value.map((item: unknown) => check(item, below) ?? fail(place, expected(below), item))
      : fail(place, 'a list', value);

const upTo = (below: number): string => `0..${below - 1}`;
const KEY = 'a text or an integer';

const idLists: Kind<'int32[]', number[]> = { check: listOf(asId, upTo), empty: [], pack: toLists };
const cells = listOf(asKey, () => KEY);

const kinds = {
  string: texts(asText, 'a text'),
  key: texts(asKey, KEY),
  cell: texts(asCell, KEY),
  int32: {
    check: ({ place, value }, below) => asId(value, below) ?? fail(place, upTo(below), value),
    empty: undefined,
    pack: (values) => Int32Array.from(values),
  } satisfies Kind<'int32', number>,
  'int32[]': idLists,
  'int32 set': idLists,
  'float32[]': {
    check: listOf(asFloat, () => 'a finite number'),
    empty: [],
    pack: (rows) => {
      const { offsets, values } = toRagged(rows);
      return { offsets, values: Float32Array.from(values) };
    },
  } satisfies Kind<'float32[]', number[]>,
  'string[]': { check: listOf(asText, () => 'a text'), empty: [], pack: toRagged<string> },
  'cell[]': {
    check: ({ place, value }, below) => cells({ place, value: asList(value) }, below),
    empty: [],
    pack: toRagged<string>,
  } satisfies Kind<'cell[]', string[]>,
};

function fail(place: string, expected: string, value: unknown): never {
  throw new InputError(`${place}: expected ${expected}, got ${showGiven(value)}`);
}
