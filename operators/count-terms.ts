import type { Frequencies } from '../src/sparse/count-documents.js';
import type { TermKind } from '../src/sparse/terms.js';
import { adding, type Concurrency } from '../src/stream/adding.js';
import type { Operator } from '../src/stream/operator.js';
import type { TextBatch } from './tokenize.js';

export interface CountTermsOptions extends Concurrency {
  /** Kinds of terms to count. */
  kinds: readonly TermKind[];
}

/**
 * Adds `frequencies` to batches of texts: their distinct terms, and in how many of the batch's texts each occurs. Order kept; at
 * most `threads + ahead` batches in flight; a failure surfaces when its batch's turn comes; owns its threads.
 */
export function countTerms<T extends TextBatch>({
  kinds,
  threads = 2,
  ahead = 2,
}: CountTermsOptions): Operator<T, T & { frequencies: Frequencies }> {
  return adding<T, 'frequencies', Frequencies>('count-terms', {
    field: 'frequencies',
    worker: new URL('./count-terms.worker.js', import.meta.url),
    data: kinds,
    threads,
    ahead,
    tasks: () => (batch) => batch.columns.text,
    rows: (_frequencies, { columns }) => columns.text.length,
  });
}
