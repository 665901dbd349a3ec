/** Converts the decoded values of a Parquet column to a batch column, checking each. */
import type { ColumnOf, ColumnType } from './columns.js';
import type { Column } from './parquet-column.js';
import type { BadRows } from './bad-rows.js';
import { withoutRepeats, type Lists, type Ragged } from './lists.js';
import { asId, asFloat, asKey, asList, asText, NotUtf8 } from '../show.js';

/** Reports a bad row; throws unless bad rows are skipped. */
export type Fail = (row: number, expected: string, value: unknown) => void;

interface Refusing {
  /** Rows to read as empty texts and lists, whatever they contain. */
  empty: ReadonlySet<number>;
  fail: Fail;
}
type Convert<T extends ColumnType> = (
  values: ArrayLike<unknown>,
  column: Pick<Column, 'below'>,
  refusing: Refusing,
) => ColumnOf[T];

export const convert: { [T in ColumnType]: Convert<T> } = {
  string: (values, _column, refusing) =>
    flat(values, { check: asText, expected: 'a text', instead: '', ...refusing }),

  key: (values, { below }, refusing) => flat(values, { ...keysBelow(below), instead: '', ...refusing }),

  cell: (values, { below }, refusing) =>
    flat(
      Array.from(values, (value) => value ?? ''),
      { ...keysBelow(below), instead: '', ...refusing },
    ),

  int32: (values, { below }, refusing) =>
    Int32Array.from(flat(values, { ...idsBelow(below), instead: 0, ...refusing })),

  'int32[]': (rows, column, refusing) => idLists(rows, column, refusing),

  'int32 set': (rows, column, refusing) => idLists(rows, column, refusing), // the reader drops repeats

  'float32[]': (rows, _column, refusing) => {
    const { offsets, values } = lists(rows, { check: asFloat, expected: 'a finite number', ...refusing });
    return { offsets, values: Float32Array.from(values) };
  },

  'string[]': (rows, _column, refusing) => lists(rows, { check: asText, expected: 'a text', ...refusing }),

  'cell[]': (rows, { below }, refusing) =>
    lists(Array.from(rows, asList), { ...keysBelow(below), ...refusing }),
};

const keysBelow = (below: number) => ({
  check: (value: unknown) => (typeof value === 'number' && !(value < below) ? undefined : asKey(value)),
  expected: 'a text or an integer',
});

function idLists(rows: ArrayLike<unknown>, { below }: Pick<Column, 'below'>, refusing: Refusing): Lists {
  const { offsets, values } = lists(rows, { ...idsBelow(below), ...refusing });
  return { offsets, values: Int32Array.from(values) };
}

const idsBelow = (below: number) => ({
  check: (value: unknown) => asId(value, below),
  expected: `0..${below - 1}`,
});

interface Check<T> extends Refusing {
  /** The value if it is valid, otherwise `undefined`. */
  check: (value: unknown) => T | undefined;
  expected: string;
}

function flat<T>(
  values: ArrayLike<unknown>,
  { check, expected, instead, empty, fail }: Check<T> & { instead: T },
): T[] {
  return Array.from(values, (value, row) => {
    if (empty.has(row)) return instead;
    const checked = check(value);
    if (checked === undefined) fail(row, expected, value);
    return checked ?? instead;
  });
}

function lists<T>(rows: ArrayLike<unknown>, { check, expected, empty, fail }: Check<T>): Ragged<T[]> {
  const offsets = new Int32Array(rows.length + 1);
  const values: T[] = [];
  for (let row = 0; row < rows.length; row++) {
    if (!empty.has(row)) append(row, rows[row]);
    offsets[row + 1] = values.length;
  }
  return { offsets, values };

  function append(row: number, list: unknown): void {
    if (!Array.isArray(list)) {
      fail(row, 'a list', list);
      return;
    }
    for (const value of list as unknown[]) {
      const checked = check(value);
      if (checked === undefined) {
        fail(row, expected, value);
        values.length = offsets[row]!;
        return;
      }
      values.push(checked);
    }
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a value; what is not UTF-8 is refused with its row when the values are checked. */
export function toText(bytes: Uint8Array | undefined): unknown {
  try {
    return bytes && utf8.decode(bytes);
  } catch {
    return new NotUtf8(bytes!);
  }
}

/** The columns, those of sets without repeats, which are counted. */
export function asSets<C extends object>(
  columns: C,
  types: readonly Pick<Column, 'name' | 'type'>[],
  bad: BadRows,
): C {
  const sets = types.filter(({ type }) => type === 'int32 set');
  const pairs = sets.map(({ name }) => {
    const { lists, repeats } = withoutRepeats((columns as Record<string, Lists>)[name]!);
    bad.repeats += repeats;
    return [name, lists] as const;
  });
  return { ...columns, ...Object.fromEntries(pairs) };
}
