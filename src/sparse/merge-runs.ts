import type { Matrix } from '../formats/npy.js';
import type { Frequencies } from './count-documents.js';

/** Distinct terms, ascending, and their counts. */
export interface Run {
  terms: Matrix<'int32'>;
  counts: Matrix<'int32'>;
}

const BLOCK = 1 << 15;

/** A place in a run, of which one block is in memory. */
interface Cursor {
  run: Run;
  /** Rows read so far. */
  end: number;
  terms: Int32Array;
  counts: Int32Array;
  at: number;
}

/** The terms of all runs, ascending, with the sums of their counts; only those that are `kept`. In blocks. */
export function* mergeRuns(
  runs: readonly Run[],
  kept: (term: number, count: number) => boolean,
): Generator<Frequencies> {
  let cursors = runs.map(begin).filter(hasMore);
  let [terms, counts, size] = [new Int32Array(BLOCK), new Int32Array(BLOCK), 0];
  while (cursors.length > 0) {
    let term = Infinity;
    for (const { terms, at } of cursors) term = Math.min(term, terms[at]!);
    let [count, ended] = [0, false];
    for (const cursor of cursors) {
      if (cursor.terms[cursor.at] !== term) continue;
      count += cursor.counts[cursor.at++]!;
      ended ||= !hasMore(cursor);
    }
    if (ended) cursors = cursors.filter(hasMore);
    if (!kept(term, count)) continue;
    terms[size] = term;
    counts[size++] = count;
    if (size < BLOCK) continue;
    yield { terms, counts };
    [terms, counts, size] = [new Int32Array(BLOCK), new Int32Array(BLOCK), 0];
  }
  yield { terms: terms.subarray(0, size), counts: counts.subarray(0, size) };
}

const begin = (run: Run): Cursor => ({
  run,
  end: 0,
  terms: new Int32Array(),
  counts: new Int32Array(),
  at: 0,
});

/** Whether there is a term at the cursor; reads the next block if it has to. */
function hasMore(cursor: Cursor): boolean {
  if (cursor.at < cursor.terms.length) return true;
  const { terms, counts } = cursor.run;
  const count = Math.min(BLOCK, terms.rows - cursor.end);
  cursor.terms = terms.read(cursor.end, count);
  cursor.counts = counts.read(cursor.end, count);
  cursor.end += count;
  cursor.at = 0;
  return count > 0;
}
