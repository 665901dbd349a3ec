import { AtomicFile } from '../src/files/atomic-file.js';
import { print } from '../src/files/standard-output.js';
import {
  columnsOf,
  type ColumnBatch,
  type ColumnOf,
  type ColumnType,
  type Schema,
} from '../src/formats/columns.js';
import { operator, type Operator } from '../src/stream/operator.js';
import type { Written } from './write-parquet.js';

export interface WriteJsonlOptions<S extends Schema, T = ColumnBatch<S>> {
  /** The file to write; replaced if it exists, but only once the new one is complete. `-` is standard output. */
  path: string;
  /** Columns to write and their types; other columns of the batches are left out. */
  columns: S;
  /** More fields of a row, which need not be columns; default none. */
  more?: ((batch: T, row: number) => Readonly<Record<string, unknown>>) | undefined;
}

/**
 * Writes column batches as JSON lines, one object per row, and at the end of its input yields the file once. Order kept;
 * holds one batch; errors surface at the batch that causes them. Owns the temporary file `PATH.tmp` and removes it unless
 * the input ends normally; standard output is written batch by batch.
 */
export function writeJsonl<const S extends Schema, T extends ColumnBatch<S> = ColumnBatch<S>>({
  path,
  columns,
  more,
}: WriteJsonlOptions<S, T>): Operator<T, Written> {
  return operator<T, Written>('write-jsonl', async function* (batches, { own, progress }) {
    const sink = path === '-' ? standardOutput : own(await AtomicFile.create(path));
    let rows = 0;
    for await (const batch of batches) {
      await sink.write(linesOf(batch, columns, more && ((row) => more(batch, row))));
      rows += batch.rows;
      progress(batch.rows);
    }
    await sink.finish();
    yield { path, rows };
  });
}

function linesOf<S extends Schema>(
  batch: ColumnBatch<S>,
  schema: S,
  more?: (row: number) => Readonly<Record<string, unknown>>,
): string {
  const cells = columnsOf(batch, schema).map(([name, column]) => [name, cellOf(column)] as const);
  let lines = '';
  for (let row = 0; row < batch.rows; row++)
    lines += `${JSON.stringify({ ...Object.fromEntries(cells.map(([name, cell]) => [name, cell(row)])), ...more?.(row) })}\n`;
  return lines;
}

function cellOf(column: ColumnOf[ColumnType]): (row: number) => unknown {
  if (!('offsets' in column)) return (row) => column[row];
  const { offsets, values } = column;
  return (row) => {
    const list = values.slice(offsets[row], offsets[row + 1]);
    return list instanceof Float32Array ? Array.from(list, shortest) : [...list];
  };
}

/** The shortest decimal that rounds to the same float32. */
const shortest = (x: number): number => {
  const short = Number(x.toPrecision(7));
  return Math.fround(short) === x ? short : x;
};

const standardOutput = {
  write: print,
  async finish(): Promise<void> {
    return;
  },
};
