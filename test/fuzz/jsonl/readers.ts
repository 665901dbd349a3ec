/** JSON lines by the package and by DuckDB. A field is called after the type that it is read as. */
import { readJsonl } from '../../../operators/read-jsonl.js';
import { pipeline } from '../../../src/index.js';
import { collect } from '../../collect.js';
import { plainOf } from '../../table.js';
import { ACCEPTABLE, COLUMN_TYPES } from '../acceptable.js';
import { query, quoted } from '../duckdb.js';
import type { Readers } from '../format.js';
import { ours, rowsOf, theirs, type Outcome } from '../outcome.js';

async function byPackage(path: string, type: (typeof COLUMN_TYPES)[number]): Promise<unknown[]> {
  const batches = await collect(pipeline([path], readJsonl({ columns: { [type]: type } })).run());
  return batches.flatMap(({ columns }) => plainOf(columns[type]!));
}

/** DuckDB finds the lines and, in each, the fields; what they contain is left as JSON. */
async function byDuckdb(path: string): Promise<Outcome> {
  const fields = COLUMN_TYPES.map((type) => `${quoted(type)}: 'json'`).join();
  const names = COLUMN_TYPES.map((type) => `encode("${type}"::varchar)`).join();
  const sql = `select ${names} from read_json(${quoted(path)}, format = 'newline_delimited', maximum_object_size = 100000, columns = {${fields}})`;
  const rows = await query(sql).catch((error: unknown) => String(error));
  const parts: Outcome = {};
  for (const [at, type] of COLUMN_TYPES.entries())
    parts[type] =
      typeof rows === 'string'
        ? { refused: rows }
        : await theirs(() => rowsOf(rows, (row) => ACCEPTABLE[type](parsed(row[at]))));
  return parts;
}

const parsed = (json: unknown): unknown =>
  json === null ? null : JSON.parse(Buffer.from(json as Uint8Array).toString());

export const jsonlReaders: Readers = {
  ours: async (path) => {
    const parts: Outcome = {};
    for (const type of COLUMN_TYPES) parts[type] = await ours(() => byPackage(path, type));
    return parts;
  },
  theirs: byDuckdb,
};
