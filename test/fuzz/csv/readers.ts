/** CSV by the package and by DuckDB, with three columns of text. */
import { readFileSync } from 'node:fs';
import { readCsv } from '../../../operators/read-csv.js';
import { pipeline } from '../../../src/index.js';
import { collect } from '../../collect.js';
import { query, quoted } from '../duckdb.js';
import type { Readers } from '../format.js';
import { ours, theirs } from '../outcome.js';

export const COLUMNS = { a: 'string', b: 'string', c: 'string' } as const;
const NAMES = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];

async function byPackage(path: string): Promise<string[][]> {
  const batches = await collect(pipeline([path], readCsv({ columns: COLUMNS })).run());
  return batches.flatMap(({ rows, columns }) =>
    Array.from({ length: rows }, (_x, row) => NAMES.map((name) => columns[name][row]!)),
  );
}

/** What DuckDB reads otherwise on purpose: a carriage return alone ends a row, and a blank line may be the header. */
const OTHERWISE = /\r(?!\n)|^(\xef\xbb\xbf)?[\r\n]/;

/** An empty cell is null for DuckDB. */
async function byDuckdb(path: string): Promise<string[][]> {
  if (OTHERWISE.test(readFileSync(path, 'latin1'))) throw new Error('read otherwise on purpose');
  const types = NAMES.map((name) => `${quoted(name)}: 'varchar'`).join();
  const cells = NAMES.map((name) => `encode(coalesce(${name}, ''))`).join();
  const rows = await query(
    `select ${cells} from read_csv(${quoted(path)}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', columns = {${types}})`,
  );
  return rows.map((row) => row.map((cell) => Buffer.from(cell as Uint8Array).toString()));
}

export const csvReaders: Readers = {
  ours: async (path) => ({ rows: await ours(() => byPackage(path)) }),
  theirs: async (path) => ({ rows: await theirs(() => byDuckdb(path)) }),
};
