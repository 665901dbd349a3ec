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
 * holds one batch, and its lines piece by piece; errors surface at the batch that causes them. Owns the temporary file
 * `PATH.tmp` and removes it unless the input ends normally; standard output is written by the end of each batch.
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
      for (const piece of piecesOf(batch, columns, more && ((row) => more(batch, row))))
        await sink.write(piece);
      rows += batch.rows;
      progress(batch.rows);
    }
    await sink.finish();
    yield { path, rows };
  });
}

/** UTF-16 units after which lines are written: a whole batch of long texts does not fit a string. */
const PIECE = 2 ** 20;

/** The lines of a batch, some at a time. */
function* piecesOf<S extends Schema>(
  batch: ColumnBatch<S>,
  schema: S,
  more?: (row: number) => Readonly<Record<string, unknown>>,
): Generator<string> {
  const cells = columnsOf(batch, schema).map(([name, column]) => [name, cellOf(column)] as const);
  let lines = '';
  for (let row = 0; row < batch.rows; row++) {
    lines += `${JSON.stringify({ ...Object.fromEntries(cells.map(([name, cell]) => [name, cell(row)])), ...more?.(row) })}\n`;
    if (lines.length < PIECE) continue;
    yield lines;
    lines = '';
  }
  if (lines !== '') yield lines;
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
