/** Valid Parquet files of every type, layout, encoding, page and codec: written here, by DuckDB and by the package. */
import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { writeTable } from '../../table.js';
import { COLUMN_TYPES, holdsLists, type FuzzedType } from '../acceptable.js';
import { duckdb, quoted } from '../duckdb.js';
import type { Recipe } from '../format.js';
import { float, integers, plainRow, text } from '../values.js';
import { expectedOf } from './expected.js';
import type { Physical, Stored } from './encodings.js';
import { MEANINGS, type ColumnPlan, type Meaning } from './layout.js';
import { parquetBytes, type FilePlan } from './writer.js';

const PHYSICAL = Object.keys(MEANINGS) as Physical[];

/** Bits of the integers that an annotation stands for. */
const bitsOf = (type: Physical, { name }: Meaning): { bits: number; signed: boolean } => ({
  bits: Number(/INT_(\d+)/.exec(name)?.[1] ?? (type === 'INT32' ? 32 : 64)),
  signed: !name.startsWith('UINT'),
});

const utf8 = text.map((value) => Buffer.from(value));

function stored(type: Physical, meaning: Meaning): fc.Arbitrary<Stored> {
  if (type === 'BOOLEAN') return fc.bigInt(0n, 1n);
  if (type === 'FLOAT') return float.map(Math.fround);
  if (type === 'DOUBLE') return float;
  if (type === 'BYTE_ARRAY') {
    if (meaning.name === 'JSON') return fc.json({ maxDepth: 1 }).map((json) => Buffer.from(json));
    if (meaning.name === 'DECIMAL') return bytes({ minLength: 1, maxLength: 4 });
    return meaning.name === 'none' ? fc.oneof(utf8, bytes({ maxLength: 5 })) : utf8;
  }
  if (type === 'INT96') return bytes({ minLength: 12, maxLength: 12 });
  const { length } = meaning;
  if (length !== undefined) return bytes({ minLength: length, maxLength: length });
  const width = type === 'INT32' ? 32 : 64;
  // times of a day, days and amounts are small; so DuckDB takes them
  const isNumber = meaning.name === 'none' || /^U?INT_/.test(meaning.name);
  return isNumber
    ? integers(bitsOf(type, meaning)).map((value) => BigInt.asIntN(width, value))
    : fc.bigInt(0n, 86_399_000n).map((value) => value % (meaning.name === 'DATE' ? 50_000n : 86_400_000n));
}

const bytes = (length: fc.IntArrayConstraints): fc.Arbitrary<Buffer> =>
  fc.uint8Array(length).map((all) => Buffer.from(all));

/** Of the types that a column takes more often than of others. */
const FITTING: { readonly [T in FuzzedType]: readonly Physical[] } = {
  string: ['BYTE_ARRAY'],
  key: ['BYTE_ARRAY', 'INT32', 'INT64'],
  int32: ['INT32', 'INT64'],
  'int32[]': ['INT32', 'INT64'],
  'int32 set': ['INT32', 'INT64'],
  'float32[]': ['FLOAT', 'DOUBLE'],
  'string[]': ['BYTE_ARRAY'],
};

function column(name: FuzzedType, rows: number): fc.Arbitrary<ColumnPlan> {
  const isList = holdsLists(name);
  const nestings = isList
    ? fc.constantFrom('repeated' as const, 'two levels' as const, 'three levels' as const)
    : fc.constantFrom('required' as const, 'optional' as const);
  const physical = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...FITTING[name]) },
    { weight: 1, arbitrary: fc.constantFrom(...PHYSICAL) },
  );
  const kind = physical.chain((type) => fc.tuple(fc.constant(type), fc.constantFrom(...MEANINGS[type])));
  return fc
    .tuple(kind, nestings, fc.boolean(), fc.boolean())
    .chain(([[type, meaning], nesting, nullable, nulls]) => {
      const value = stored(type, meaning);
      const orNull = (one: fc.Arbitrary<Stored>, may: boolean) =>
        may && nulls ? fc.option(one, { freq: 8 }) : (one as fc.Arbitrary<Stored | null>);
      const row: fc.Arbitrary<ColumnPlan['rows'][number]> = isList
        ? listOf(
            orNull(value, nullable && nesting === 'three levels'),
            nullable && nulls && nesting !== 'repeated',
          )
        : orNull(value, nesting === 'optional');
      return fc
        .array(row, { minLength: rows, maxLength: rows })
        .map((all): ColumnPlan => ({ name, type, meaning, nesting, nullable, rows: all }));
    });
}

const listOf = (element: fc.Arbitrary<Stored | null>, mayBeNull: boolean) => {
  const list = fc.oneof(
    { weight: 9, arbitrary: fc.array(element, { maxLength: 5 }) },
    { weight: 1, arbitrary: fc.array(element, { maxLength: 40 }) },
  );
  return mayBeNull ? fc.option(list, { freq: 8 }) : list;
};

const plan: fc.Arbitrary<FilePlan> = fc
  .tuple(
    fc.oneof(fc.nat(6), fc.nat(60)),
    fc.uniqueArray(fc.constantFrom(...COLUMN_TYPES), { minLength: 1, maxLength: 2 }),
  )
  .chain(([rows, names]) =>
    fc.record({
      columns: fc.tuple(...names.map((name) => column(name, rows))),
      encoding: fc.constantFrom('plain', 'dictionary', 'delta', 'delta of prefixes', 'byte stream split'),
      codec: fc.constantFrom('none', 'snappy', 'gzip', 'brotli', 'lz4'),
      version: fc.constantFrom(1, 2),
      pageValues: fc.constantFrom(1, 7, 1000),
      groupRows: fc.constantFrom(1, 5, 1000),
    }),
  );

const here: fc.Arbitrary<Recipe> = plan.map((file) => ({
  what: [
    'by the second writer:',
    ...file.columns.map(({ name, type, meaning, nesting, nullable }) =>
      [name, type, meaning.name, nesting, nullable ? 'nullable' : ''].join(' '),
    ),
    file.encoding,
    file.codec,
    `version ${file.version}`,
  ].join(', '),
  make: async (path) => {
    writeFileSync(path, parquetBytes(file));
  },
  expected: expectedOf(file),
}));

/** Types of DuckDB with their values in its language. */
const SQL: Readonly<Record<string, fc.Arbitrary<string>>> = {
  ...Object.fromEntries(
    [8, 16, 32, 64].flatMap((bits, i) => {
      const name = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT'][i]!;
      return [
        [name, integers({ bits, signed: true }).map(String)],
        [`U${name}`, integers({ bits, signed: false }).map(String)],
      ];
    }),
  ),
  VARCHAR: text.map((value) => quoted(value.replaceAll('\0', ''))),
  JSON: fc.json({ maxDepth: 1 }).map(quoted),
  BLOB: fc
    .uint8Array({ maxLength: 4 })
    .map((all) => quoted([...all].map((one) => `\\x${one.toString(16).padStart(2, '0')}`).join(''))),
  FLOAT: float.map((value) => quoted(String(value))),
  DOUBLE: float.map((value) => quoted(String(value))),
  BOOLEAN: fc.constantFrom('true', 'false'),
  DATE: fc.nat(9).map((day) => quoted(`2020-01-0${day || 1}`)),
  TIME: fc.nat(9).map((hour) => quoted(`0${hour}:00:00`)),
  TIMESTAMP: fc.nat(9).map((hour) => quoted(`2020-01-01 0${hour}:00:00`)),
  'DECIMAL(4, 2)': fc.nat(99).map((value) => `${value}.5`),
  'DECIMAL(18, 2)': fc.nat(99).map((value) => `${value}.5`),
  'DECIMAL(38, 2)': fc.nat(99).map((value) => `${value}.5`),
  HUGEINT: fc.nat(99).map(String),
  UUID: fc.uuid().map(quoted),
  INTERVAL: fc.nat(9).map((days) => quoted(`${days} days`)),
};

const FITTING_SQL: { readonly [T in FuzzedType]: readonly string[] } = {
  string: ['VARCHAR', 'JSON', 'BLOB'],
  key: ['VARCHAR', 'BLOB', 'TINYINT', 'INTEGER', 'BIGINT', 'UINTEGER', 'UBIGINT'],
  int32: ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT'],
  'int32[]': ['UTINYINT', 'INTEGER', 'BIGINT', 'UINTEGER', 'UBIGINT'],
  'int32 set': ['INTEGER', 'BIGINT'],
  'float32[]': ['FLOAT', 'DOUBLE'],
  'string[]': ['VARCHAR', 'JSON', 'BLOB'],
};

const byDuckdb: fc.Arbitrary<Recipe> = fc
  .constantFrom(...COLUMN_TYPES)
  .chain((name) =>
    fc.tuple(
      fc.constant(name),
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...FITTING_SQL[name]) },
        { weight: 1, arbitrary: fc.constantFrom(...Object.keys(SQL)) },
      ),
    ),
  )
  .chain(([name, type]) => {
    const isList = holdsLists(name);
    const value = fc.option(SQL[type]!, { nil: 'null', freq: 30 });
    const row = isList
      ? fc.option(
          fc.array(value, { maxLength: 5 }).map((all) => `[${all.join()}]`),
          { nil: 'null', freq: 30 },
        )
      : value;
    return fc.record({
      name: fc.constant(name),
      type: fc.constant(isList ? `${type}[]` : type),
      rows: fc.array(row, { maxLength: 30 }),
      repeats: fc.constantFrom(1, 1, 100),
      codec: fc.constantFrom('uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'),
      version: fc.constantFrom('v1', 'v2'),
    });
  })
  .map(({ name, type, rows, repeats, codec, version }) => ({
    what: `by DuckDB: ${name} ${type}, ${codec}, ${version}`,
    make: async (path) => {
      const values = rows.map((row) => `(cast(${row} as ${type}))`).join() || `(cast(null as ${type}))`;
      const from = `(values ${values}) as rows(x), range(${repeats})`;
      const select = `select x as "${name}" from ${from}${rows.length === 0 ? ' where false' : ''}`;
      const options = `format parquet, compression ${codec}, parquet_version ${version}, row_group_size 2048`;
      await (await duckdb()).run(`copy (${select}) to ${quoted(path)} (${options})`);
    },
  }));

const byPackage: fc.Arbitrary<Recipe> = fc
  .record({
    rows: fc.array(plainRow, { maxLength: 20 }),
    compression: fc.constantFrom('snappy', 'gzip'),
    rowGroup: fc.constantFrom(1, 6, 1000),
  })
  .map(({ rows, compression, rowGroup }) => ({
    what: `by the package: ${rows.length} rows, ${compression}, ${rowGroup} rows in a group`,
    make: async (path) => {
      const columns = Object.fromEntries(COLUMN_TYPES.map((type) => [type, type]));
      const table = Object.fromEntries(COLUMN_TYPES.map((type) => [type, rows.map((row) => row[type])]));
      await writeTable({ path, columns, compression, rowGroup }, table as never); // each column is of its own type
    },
  }));

export const parquetRecipes = fc.oneof(
  { weight: 6, arbitrary: here },
  { weight: 3, arbitrary: byDuckdb },
  { weight: 1, arbitrary: byPackage },
);
