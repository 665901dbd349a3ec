import { sparseCount, type SparseRows } from '../src/sparse/rows.js';
import type { TermKind } from '../src/sparse/terms.js';
import { adding, type Concurrency } from '../src/stream/adding.js';
import type { Operator } from '../src/stream/operator.js';
import type { TextBatch } from './tokenize.js';

export interface WeighTermsOptions extends Concurrency {
  /** Base name of the features. */
  base: string;
  /** Kinds of terms; default all that are among the features. */
  kinds?: readonly TermKind[] | undefined;
}

/**
 * Adds `features` to batches of texts: the TF-IDF weights of their terms, of unit length, empty for a text without a known term.
 * Order kept; at most `threads + ahead` batches in flight; missing or invalid files, as other failures, surface when their batch's
 * turn comes; owns its threads, each with the features in memory (9 bytes per feature).
 */
export function weighTerms<T extends TextBatch>({
  base,
  kinds,
  threads = 2,
  ahead = 2,
}: WeighTermsOptions): Operator<T, T & { features: SparseRows }> {
  return adding<T, 'features', SparseRows>('weigh-terms', {
    field: 'features',
    worker: new URL('./weigh-terms.worker.js', import.meta.url),
    data: { base, kinds },
    threads,
    ahead,
    tasks: () => (batch) => batch.columns.text,
    rows: sparseCount,
  });
}
