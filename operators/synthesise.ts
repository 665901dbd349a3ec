import type { ColumnBatch } from '../src/formats/columns.js';
import type { LABEL_COLUMNS, TEXT_COLUMNS } from '../src/store/dataset.js';
import type { Concurrency } from '../src/stream/adding.js';
import type { Operator } from '../src/stream/operator.js';
import { pooled } from '../src/stream/pooled.js';

/** A range of rows of a part of a corpus. */
export interface Rows {
  start: number;
  rows: number;
}

export interface SynthesiseOptions<S> extends Concurrency {
  /** Columns to generate: those of labels, or of texts. */
  columns: S;
  /** Name of the part; texts of different parts are drawn independently. */
  part: string;
  /** Folder of WordNet's dictionary, which supplies the words. */
  dict: string;
  /** Number of labels. */
  labels: number;
  seed: number;
}

export type SyntheticColumns = typeof LABEL_COLUMNS | typeof TEXT_COLUMNS;

/**
 * Generates the requested rows of an endless corpus (see `src/corpus/corpus.ts`), reproducibly. Order kept; at most
 * `threads + ahead` batches in flight; a failure surfaces when its batch's turn comes; owns its threads, each of which holds
 * the dictionary's words.
 */
export const synthesise = <S extends SyntheticColumns>({
  threads = 2,
  ahead = 2,
  ...data
}: SynthesiseOptions<S>): Operator<Rows, ColumnBatch<S>> =>
  pooled<Rows, ColumnBatch<S>>('synthesise', {
    worker: new URL('./synthesise.worker.js', import.meta.url),
    threads,
    ahead,
    data,
  });
