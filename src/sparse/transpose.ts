/** Builds an inverted index of a store of sparse rows, in passes over ranges of columns whose postings fit in memory. */
import { InputError } from '../errors.js';
import { writeJson } from '../files/write-json.js';
import { Matrix } from '../formats/npy.js';
import { postingFiles, type PostingsDescription } from './postings.js';
import type { SparseRows } from './rows.js';
import { SparseReader, SparseWriter } from './store.js';
import type * as z from 'zod';

export interface TransposeOptions {
  /** Base name of the rows; their values are above 0. */
  rows: string;
  /** Base name of the index. */
  into: string;
  /** Number of columns. */
  columns: number;
  /** Postings in memory at once, at 8 bytes each; default 2^23 (64 MiB). The longest list is always in memory. */
  most?: number;
  /** Called after each block of rows of each pass; may throw, to stop. */
  onRows?: (rows: number) => void;
}

const BLOCK = 4096;
/** Postings in memory at once. */
export const POSTINGS = 1 << 23;

/** Memory: the postings, and 4 bytes per column. @throws InputError if a column is outside or a value is not above 0. */
export async function transpose({
  rows: base,
  into,
  columns,
  most = POSTINGS,
  onRows = () => undefined,
}: TransposeOptions): Promise<void> {
  using rows = new SparseReader(base);
  const counts = new Int32Array(columns);
  for (const { entries } of blocksOf(rows, onRows)) count(base, entries, counts);
  {
    using writer = new SparseWriter(into);
    using largest = Matrix.create(postingFiles(into).most, { dtype: 'float32', cols: 1 });
    for (const range of rangesOf(counts, most)) {
      const filled = emptyRange(range, counts);
      for (const { begin, entries } of blocksOf(rows, onRows)) fill(filled, entries, begin);
      writer.append(filled.postings);
      largest.append(filled.largest);
    }
    writer.finish();
    largest.finish();
  }
  const description: z.infer<typeof PostingsDescription> = { rows: rows.rows };
  await writeJson(postingFiles(into).description, description);
}

function* blocksOf(
  rows: SparseReader,
  onRows: (rows: number) => void,
): Generator<{ begin: number; entries: SparseRows }> {
  for (let begin = 0; begin < rows.rows; begin += BLOCK) {
    const entries = rows.read(begin, Math.min(BLOCK, rows.rows - begin));
    yield { begin, entries };
    onRows(entries.offsets.length - 1);
  }
}

function count(base: string, { columns, values }: SparseRows, counts: Int32Array): void {
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i]!;
    if (!(column >= 0 && column < counts.length))
      throw new InputError(`${base}: expected columns below ${counts.length}, got ${column}`);
    if (!(values[i]! > 0)) throw new InputError(`${base}: expected values above 0, got ${values[i]!}`);
    counts[column]!++;
  }
}

interface Range {
  begin: number;
  end: number;
}

/** Ranges of columns with at most `most` postings, unless a single column has more. */
function* rangesOf(counts: Int32Array, most: number): Generator<Range> {
  let [begin, size] = [0, 0];
  for (let column = 0; column < counts.length; column++) {
    if (column > begin && size + counts[column]! > most) {
      yield { begin, end: column };
      [begin, size] = [column, 0];
    }
    size += counts[column]!;
  }
  if (counts.length > begin) yield { begin, end: counts.length };
}

/** The postings of a range of columns, of which `next` are the places to fill. */
interface Filling {
  range: Range;
  next: Int32Array;
  postings: SparseRows;
  largest: Float32Array;
}

function emptyRange(range: Range, counts: Int32Array): Filling {
  const width = range.end - range.begin;
  const offsets = new Int32Array(width + 1);
  for (let i = 0; i < width; i++) offsets[i + 1] = offsets[i]! + counts[range.begin + i]!;
  const size = offsets[width]!;
  const postings = { offsets, columns: new Int32Array(size), values: new Float32Array(size) };
  return { range, next: offsets.slice(), postings, largest: new Float32Array(width) };
}

function fill({ range, next, postings, largest }: Filling, entries: SparseRows, first: number): void {
  const { offsets, columns, values } = entries;
  const width = range.end - range.begin;
  for (let row = 0; row + 1 < offsets.length; row++)
    for (let i = offsets[row]!; i < offsets[row + 1]!; i++) {
      const column = columns[i]! - range.begin;
      if (column < 0 || column >= width) continue;
      const place = next[column]!++;
      postings.columns[place] = first + row;
      postings.values[place] = values[i]!;
      if (values[i]! > largest[column]!) largest[column] = values[i]!;
    }
}
