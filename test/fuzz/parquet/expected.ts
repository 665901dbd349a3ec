/** What a file of the second writer contains, by its plan: DuckDB does not read all that it writes. */
import { ACCEPTABLE, type FuzzedType } from '../acceptable.js';
import { asText, Refusal, rowsOf, type Outcome, type Part } from '../outcome.js';
import type { Stored } from './encodings.js';
import type { ColumnPlan } from './layout.js';
import type { FilePlan } from './writer.js';

const FLOATS = ['FLOAT', 'DOUBLE'];
const INTEGERS = ['INT32', 'INT64'];
const TAKEN: { readonly [T in FuzzedType]: readonly string[] } = {
  string: ['BYTE_ARRAY'],
  key: ['BYTE_ARRAY', ...INTEGERS],
  int32: INTEGERS,
  'int32[]': INTEGERS,
  'int32 set': INTEGERS,
  'float32[]': FLOATS,
  'string[]': ['BYTE_ARRAY'],
};

export const expectedOf = ({ columns }: FilePlan): Outcome =>
  Object.fromEntries(columns.map((column) => [column.name, partOf(column)]));

function partOf({ name, type, meaning, rows }: ColumnPlan): Part {
  const isPlain = /^(none|U?INT_.*|UTF8.*|STRING|ENUM|JSON)$/.test(meaning.name);
  if (!TAKEN[name].includes(type) || !isPlain) return { type: meaning.name };
  const value = (one: Stored | null): unknown =>
    typeof one === 'bigint' && meaning.name.startsWith('UINT')
      ? BigInt.asUintN(type === 'INT32' ? 32 : 64, one)
      : one;
  const values = rowsOf(rows, (row) => ACCEPTABLE[name](isList(row) ? row.map(value) : value(row)));
  return values instanceof Refusal ? values.part : { values: asText(values) };
}

const isList = (row: ColumnPlan['rows'][number]): row is readonly (Stored | null)[] => Array.isArray(row);
