/** Parquet by the package and by DuckDB. A column is called after the type that it is read as. */
import { readTable } from '../../table.js';
import { ACCEPTABLE, COLUMN_TYPES, holdsLists, type FuzzedType } from '../acceptable.js';
import { query, quoted } from '../duckdb.js';
import type { Readers } from '../format.js';
import { ours, Refusal, rowsOf, theirs, type Outcome } from '../outcome.js';

/** DuckDB's types of each column type. */
const INTEGERS = /^U?(TINY|SMALL|BIG)?INT(EGER)?$/;
const TEXTS = /^(VARCHAR|BLOB|JSON)$/;
const FLOATS = /^(FLOAT|DOUBLE)$/;
const TAKEN = {
  string: TEXTS,
  key: /^(VARCHAR|BLOB|JSON|U?(TINY|SMALL|BIG)?INT(EGER)?)$/,
  int32: INTEGERS,
  'int32[]': INTEGERS,
  'int32 set': INTEGERS,
  'float32[]': FLOATS,
  'string[]': TEXTS,
} as const;

/** Texts as bytes: the client takes the mark of byte order away. */
const encode = (text: string): string =>
  `case when typeof(${text}) = 'BLOB' then ${text}::blob else encode(${text}::varchar) end`;
const AS_READ: Partial<Record<string, string>> = {
  string: encode('"string"'),
  'string[]': `list_transform("string[]", lambda text: ${encode('text')})`,
};

/** What DuckDB reads as a type that is taken, but is another thing: a half float, or a document in binary. */
const OTHERS = ['FIXED_LEN_BYTE_ARRAY', 'INT96', 'BSON'];

async function byDuckdb(path: string): Promise<Outcome> {
  const file = quoted(path);
  const described = await query(`describe select * from read_parquet(${file})`).catch(() => []);
  const parts: Outcome = {};
  for (const [name, found] of described) {
    const type = COLUMN_TYPES.find((one) => one === name);
    if (type) parts[type] = await theirs(() => columnByDuckdb(file, type, String(found)));
  }
  return parts;
}

async function columnByDuckdb(file: string, type: FuzzedType, found: string): Promise<unknown> {
  const isList = holdsLists(type);
  const matches = found.endsWith('[]') === isList && TAKEN[type].test(found.replace(/\[\]$/, ''));
  if (!matches || OTHERS.includes(await storedAs(file, type))) return new Refusal({ type: found });
  const asRead = type === 'key' && TEXTS.test(found) ? encode('"key"') : AS_READ[type];
  const rows = await query(`select ${asRead ?? `"${type}"`} from read_parquet(${file})`);
  return rowsOf(rows, ([value]) => ACCEPTABLE[type](value));
}

/**
 * The type of the values of a column in the file, or their older annotation if it is one of `OTHERS`.
 * @throws Error of unsigned integers without the older annotation, which DuckDB reads as signed ones.
 */
async function storedAs(file: string, name: string): Promise<string> {
  const elements = await query(
    `select name, type, converted_type, logical_type from parquet_schema(${file})`,
  );
  const leaf = elements.slice(elements.findIndex(([one]) => one === name)).find(([, type]) => type !== null);
  const [, type, older, newer] = (leaf ?? []).map(String);
  if (/isSigned=0/.test(newer!) && !/^UINT/.test(older!)) throw new Error(`read as ${type}, not as ${newer}`);
  return OTHERS.includes(older!) ? older! : type!;
}

/** One column after another: a column that cannot be read says nothing about the others. */
async function byPackage(path: string): Promise<Outcome> {
  const parts: Outcome = {};
  for (const type of COLUMN_TYPES)
    parts[type] = await ours(async () => (await readTable(path, { [type]: type }))[type]);
  return parts;
}

export const parquetReaders: Readers = { ours: byPackage, theirs: byDuckdb };
