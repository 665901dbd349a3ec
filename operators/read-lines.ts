import type { ColumnBatch, FileBatch, Schema } from '../src/formats/columns.js';
import { readLines as linesOf, type Line } from '../src/formats/lines.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { checkInteger } from '../src/errors.js';

export interface ReadLinesOptions {
  /** Maximum rows in a batch; default 512. */
  batch?: number;
}

/**
 * Reads text files (`.gz` is decompressed, `-` is standard input), one text per line. Lines are yielded as soon as they
 * arrive, so that a program writing to standard input line by line gets its answers meanwhile. Order kept; one file open
 * and one chunk of it in memory; text that is not UTF-8 surfaces at its line; owns the open file.
 */
export function readLines({ batch = 512 }: ReadLinesOptions = {}): Operator<
  string,
  FileBatch<{ text: 'string' }>
> {
  checkInteger('batch', batch);
  return byLines<{ text: 'string' }>('read-lines', batch, (lines) => ({
    rows: lines.length,
    columns: { text: lines.map(({ text }) => text) },
  }));
}

/** An operator that reads text files and turns each chunk, at most `batch` lines at a time, into a batch with `make`. */
export const byLines = <S extends Schema>(
  name: string,
  batch: number,
  make: (lines: Line[]) => ColumnBatch<S>,
): Operator<string, FileBatch<S>> =>
  operator<string, FileBatch<S>>(name, async function* (paths, { signal, progress }) {
    let start = 0;
    for await (const file of paths)
      for await (const chunk of linesOf(file))
        for (let from = 0; from < chunk.length; from += batch) {
          signal.throwIfAborted();
          const lines = chunk.slice(from, from + batch);
          const made = make(lines);
          yield { file, start, ...made };
          start += made.rows;
          progress(lines.length);
        }
  });
