/** DuckDB, in memory, without the network. */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

let opened: Promise<DuckDBConnection> | undefined;

export const duckdb = (): Promise<DuckDBConnection> => (opened ??= open());

async function open(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1', // the same order of rows, always
    memory_limit: '256MB',
    autoinstall_known_extensions: 'false',
    enable_external_file_cache: 'false',
  });
  return instance.connect();
}

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The rows of a query, each an array of plain values. */
export async function query(sql: string): Promise<unknown[][]> {
  const connection = await duckdb();
  return (await connection.runAndReadAll(sql)).getRowsJS();
}
